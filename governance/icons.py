"""Our own icons, drawn on a grid of 20 with a stroke of 1.7 and round ends.

Only the states are filled. An icon never stands without a word, so all are hidden from assistive
technology.
"""

from typing import Final

#: What stands inside the `svg` element. `class="fill"` is filled, `class="cut"` is cut out of it.
DRAWINGS: Final[dict[str, str]] = {
    # states
    "done": '<circle class="fill" cx="10" cy="10" r="8"/>'
    '<path class="cut" d="m6.4 10.3 2.4 2.4 4.8-5.2"/>',
    "soon": '<circle cx="10" cy="10" r="7.2"/><path d="M10 5.8V10l2.8 1.8"/>',
    "late": '<path class="fill" d="M10 2.6 18 17H2z"/><path class="cut" d="M10 7.8v4M10 14.4v.1"/>',
    "breach": '<path class="fill" d="M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z"/>'
    '<path class="cut" d="m7.2 7.2 5.6 5.6m0-5.6-5.6 5.6"/>',
    "waiting": '<circle cx="10" cy="10" r="7.2"/>'
    '<path class="fill" d="M10 2.8a7.2 7.2 0 0 1 0 14.4z"/>',
    "none": '<circle cx="10" cy="10" r="7.2" stroke-dasharray="3.1 2.55"/><path d="M7.2 10h5.6"/>',
    "noted": '<path d="M10 3.2 17.4 16.6H2.6z"/><path d="M10 8.2v3.6M10 14v.1"/>',
    # acts and things
    "add": '<circle cx="10" cy="10" r="7.2"/><path d="M10 6.8v6.4M6.8 10h6.4"/>',
    "archive": '<path d="M3 4h14v3.5H3zM4.2 7.5V16h11.6V7.5M8 10.5h4"/>',
    "arrow": '<path d="M4 10h12m-4.5-4.5L16 10l-4.5 4.5"/>',
    "back": '<path d="M7.5 4 3.5 8l4 4M3.5 8h8.2c3 0 4.8 1.9 4.8 4.4V15"/>',
    "bell": '<path d="M5 14V9a5 5 0 0 1 10 0v5M3.4 14h13.2M8.6 17h2.8"/>',
    "calendar": '<path d="M3.2 4.8h13.6V17H3.2zM3.2 8.4h13.6M6.8 3v3.4M13.2 3v3.4"/>',
    "camera": '<path d="M2.8 6.2h3.4l1.3-2h5l1.3 2h3.4v9.6H2.8z"/>'
    '<circle cx="10" cy="10.8" r="2.8"/>',
    "channel": '<path d="M3 4h14v9.6H9.4L6 17v-3.4H3z"/>',
    "check": '<path d="m4 10.6 4 4L16.2 5.4"/>',
    "chevron": '<path d="m5 7.5 5 5 5-5"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "copy": '<path d="M7 7h9.5v10H7zM13 7V3H3.5v10H7"/>',
    "document": '<path d="M5 2.8h7l3.4 3.4v11H5zM11.6 3v3.6h3.6M7.6 10.2h5M7.6 13.4h5"/>',
    "download": '<path d="M10 3v9.4m-4-3.8 4 4 4-4M3.6 17h12.8"/>',
    "edit": '<path d="m4 16 .8-3.4L13 4.4l2.6 2.6-8.2 8.2zM11.4 6l2.6 2.6"/>',
    "flag": '<path d="M4.6 17.4V3.2h10.8l-2.6 4 2.6 4H4.6"/>',
    "key": '<circle cx="6.6" cy="13.4" r="3.4"/><path d="M9 11 16.6 3.4M13 7l2.6 2.6"/>',
    "language": '<circle cx="10" cy="10" r="7.2"/>'
    '<path d="M2.8 10h14.4M10 2.8c4.4 4.4 4.4 10 0 14.4-4.4-4.4-4.4-10 0-14.4"/>',
    "list": '<path d="M7.4 5.2H17M7.4 10H17M7.4 14.8H17M3.4 5.2h.1M3.4 10h.1M3.4 14.8h.1"/>',
    "lock": '<path d="M4.2 9h11.6v8H4.2zM6.8 9V6.4a3.2 3.2 0 0 1 6.4 0V9"/>',
    "menu": '<path d="M3 5.4h14M3 10h14M3 14.6h14"/>',
    "open": '<path d="M8.4 4.4H3.6v12h12v-4.8M11.6 3.2h5.2v5.2M16.4 3.6 9.2 10.8"/>',
    "overview": '<path d="M3.4 3.4h5.2v5.2H3.4zM11.4 3.4h5.2v5.2h-5.2zM3.4 11.4h5.2v5.2H3.4z'
    'M11.4 11.4h5.2v5.2h-5.2z"/>',
    "person": '<circle cx="10" cy="6.6" r="3.4"/>'
    '<path d="M3.6 17.2c.4-4 3-5.8 6.4-5.8s6 1.8 6.4 5.8"/>',
    "plan": '<path d="M4.6 2.8h10.8v14.4H4.6zM7.6 7h4.8M7.6 10.2h4.8M7.6 13.4h2.6"/>',
    "question": '<circle cx="10" cy="10" r="7.2"/>'
    '<path d="M7.7 8a2.3 2.3 0 1 1 3.3 2c-.7.4-1 .9-1 1.6m0 2.3v.2"/>',
    "remove": '<circle cx="10" cy="10" r="7.2"/><path d="M6.8 10h6.4"/>',
    "rules": '<path d="M4 3h9.6A2.4 2.4 0 0 1 16 5.4V17H6.4A2.4 2.4 0 0 1 4 14.6z'
    'M7.4 7h5.2M7.4 10.2h5.2"/>',
    "search": '<circle cx="8.8" cy="8.8" r="5.2"/><path d="m12.8 12.8 4 4"/>',
    "upload": '<path d="M10 13V3.6m-4 3.8 4-4 4 4M3.6 17h12.8"/>',
}
