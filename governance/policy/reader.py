"""Reads a policy file into a `Policy`, or refuses it with every fault it has."""

import tomllib
from dataclasses import replace
from types import MappingProxyType

from governance.policy.checklists import (
    SECTIONS,
    read_checklists,
    refuse_rules_without_items,
)
from governance.policy.consistency import refuse_contradictions
from governance.policy.faults import Faults, PolicyRefused
from governance.policy.forms import read_forms, read_groups, read_steps
from governance.policy.law import law_of
from governance.policy.rules import read_rules
from governance.policy.sections import (
    read_categories,
    read_guidance,
    read_guideline,
    read_recommendations,
    read_requirements,
    read_routines,
    read_texts,
)
from governance.policy.table import Table
from governance.policy.types import Policy
from governance.policy.vocabulary import KEYS

LOCALES = ("sv", "nn", "nb", "en")
JURISDICTIONS = ("SE", "NO")
_SECTIONS = (
    "guideline",
    "requirements",
    "form",
    "group",
    "step",
    "category",
    "text",
    *SECTIONS.values(),
    "guidance",
    "recommendation",
    "routine",
)


def read(text: str, name: str, *, adopted: bool = False) -> Policy:
    """The policy in a TOML text; `name` is what faults call the file.

    A text that was adopted is whole by the vocabulary of its day: on keys added since it is
    silent, so that a new release never unseats a policy in force.

    Raises PolicyRefused with all faults found.
    """
    faults = Faults(name)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add("(the whole file)", f"is not TOML: {error}.")
        raise PolicyRefused(faults.found) from error
    policy = _policy(Table(content, "", faults), name, faults)
    if adopted:
        policy = replace(policy, silent=policy.silent | (KEYS.keys() - policy.rules.keys()))
    if not faults.found:
        # only whole parts can be held against each other
        refuse_contradictions(policy, faults)
    if not faults.found and not adopted:
        refuse_rules_without_items(policy, faults)
    if faults.found:
        raise PolicyRefused(faults.found)
    return policy


def _policy(file: Table, name: str, faults: Faults) -> Policy:
    locale = file.word("locale", LOCALES, "language")
    jurisdiction = file.word("jurisdiction", JURISDICTIONS, "country")
    clauses = file.texts("clauses")
    silent = file.words("silent", KEYS, "key")
    sections = Table({key: file.raw(key) for key in _SECTIONS if file.has(key)}, "", faults)
    rules = read_rules({key: file.raw(key) for key in list(file.left())}, faults)
    groups = read_groups(sections)
    return Policy(
        name=name,
        locale=locale,
        jurisdiction=jurisdiction,
        guideline=read_guideline(sections),
        clauses=clauses,
        requirements=MappingProxyType(read_requirements(sections)),
        rules=MappingProxyType(rules),
        silent=frozenset(silent),
        groups=MappingProxyType(groups),
        steps=read_steps(sections, rules, groups),
        forms=MappingProxyType(read_forms(sections, rules)),
        categories=read_categories(sections),
        texts=MappingProxyType(read_texts(sections)),
        checklists=MappingProxyType(read_checklists(sections)),
        guidance=read_guidance(sections),
        recommendations=read_recommendations(sections),
        law=law_of(jurisdiction),
        routine=MappingProxyType(read_routines(sections)),
    )
