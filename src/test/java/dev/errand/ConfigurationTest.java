package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each key stands once in {@code application.properties}, and {@code configuration.md} has the keys that the code reads. */
class ConfigurationTest {

    @Test
    void shouldSayEachKeyOnce() throws IOException {
        // Two branches that add the same key merge without a conflict, and one of the two values is lost.
        assertThat(Files.readAllLines(Path.of("src/main/resources/application.properties")).stream()
                        .filter(line -> line.matches("[%\\w].*=.*"))
                        .map(line -> line.substring(0, line.indexOf('='))))
                .hasSizeGreaterThan(50)
                .doesNotHaveDuplicates();
    }

    private static final List<Path> SOURCES = List.of(Path.of("src/main/java"), Path.of("src/examples/java"));
    private static final Pattern MAPPED = Pattern.compile("@ConfigMapping\\(prefix = \"(errand[^\"]*)\"\\)");
    private static final Pattern ASKED = Pattern.compile("@ConfigProperty\\(\\s*name = \"(errand[^\"]*)\"");
    private static final Pattern USED = Pattern.compile("\\$\\{(errand[^:}]*)[:}]");

    /** Keys that only {@code application.properties} itself uses. */
    private static final Predicate<String> INTERNAL = key -> key.startsWith("errand.not.");

    @Test
    void shouldDocumentTheKeysThatThereAreAndNoOthers() throws Exception {
        var documented = documented();
        var asked = asked();

        assertThat(asked).hasSizeGreaterThan(30);
        assertThat(asked).as("in the code and not in configuration.md").allMatch(documented::contains);
        assertThat(documented.stream().filter(key -> key.startsWith("errand.")))
                .as("in configuration.md and not in the code")
                .allMatch(key -> asked.contains(key) || isNamed(key));
    }

    /**
     * The keys of the first column. One that begins with a dot has the prefix of the row's first key; {@code "…"} stands for a key of
     * a map.
     */
    private static Set<String> documented() throws IOException {
        Set<String> keys = new TreeSet<>();
        for (var line : Files.readAllLines(Path.of("src/docs/configuration.md"))) {
            if (line.startsWith("| `")) {
                String first = null;
                var names = Pattern.compile("`([^`]+)`").matcher(line.substring(0, line.indexOf('|', 1)));
                while (names.find()) {
                    var name = names.group(1);
                    first = first == null ? name : first;
                    keys.add(name.startsWith(".") ? first.substring(0, first.lastIndexOf('.')) + name : name);
                }
            }
        }
        return keys;
    }

    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (var root : SOURCES) {
            try (var sources = Files.walk(root)) {
                sources.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        return files;
    }

    private static boolean isNamed(String key) {
        try {
            for (var file : sources()) {
                if (Files.readString(file).contains('"' + key + '"')) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> asked() throws Exception {
        Set<String> keys = new TreeSet<>();
        for (var file : sources()) {
            var text = Files.readString(file);
            ASKED.matcher(text).results().forEach(found -> keys.add(found.group(1)));
            var mapped = MAPPED.matcher(text);
            if (mapped.find()) {
                var name = file.subpath(3, file.getNameCount())
                        .toString()
                        .replace(".java", "")
                        .replace('/', '.');
                addKeys(keys, mapped.group(1), Class.forName(name));
            }
        }
        var properties = Files.readString(Path.of("src/main/resources/application.properties"));
        USED.matcher(properties).results().forEach(found -> keys.add(found.group(1)));
        keys.removeIf(INTERNAL);
        return keys;
    }

    private static void addKeys(Set<String> keys, String prefix, Class<?> mapping) {
        for (var method : mapping.getDeclaredMethods()) {
            var key =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (method.getReturnType() != Map.class) {
                keys.add(key);
                continue;
            }
            var value = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[1];
            var ofOne = key + ".\"…\"";
            if (value instanceof Class<?> group && group.isInterface()) {
                // The table names only the first key of the group.
                keys.add(ofOne + ".attempts");
            } else {
                keys.add(ofOne);
            }
        }
    }
}
