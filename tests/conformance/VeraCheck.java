import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/** Prints each rule of the flavours (arguments 2 …) that the file (argument 1) breaks. */
public class VeraCheck {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean compliant = true;
        for (int number = 1; number < arguments.length; number++) {
            compliant &= check(arguments[0], PDFAFlavour.byFlavourId(arguments[number]));
        }
        System.exit(compliant ? 0 : 1);
    }

    private static boolean check(String file, PDFAFlavour flavour) throws Exception {
        String name = flavour.getId().startsWith("ua1") ? "PDFUA-1" : "PDFA-" + flavour.getId().toUpperCase();
        // the built-in directory of profiles does not work from the shaded jar
        ValidationProfile profile = Profiles.profileFromXml(
            PDFAValidator.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml"));
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour)) {
            ValidationResult result = Foundries.defaultInstance().createValidator(profile, false).validate(parser);
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    System.out.println(name + " " + each.getRuleId().getClause() + "-"
                        + each.getRuleId().getTestNumber() + " " + each.getMessage());
                }
            }
            System.out.println(name + (result.isCompliant() ? " compliant" : " NOT compliant"));
            return result.isCompliant();
        }
    }
}
