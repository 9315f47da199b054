package dev.errand.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a Dockerfile says, line by line.
 *
 * @param instructions in their order, each a keyword and what follows it
 */
record Dockerfile(List<Instruction> instructions) {

    static final List<Path> ALL =
            List.of(Path.of("src/main/docker/Dockerfile.jvm"), Path.of("src/main/docker/Dockerfile.native"));

    private static final Pattern CONTINUED = Pattern.compile("\\\\\\n\\s*");

    record Instruction(String keyword, String rest) {

        /** Without its options. */
        List<String> words() {
            return Pattern.compile("\\s+")
                    .splitAsStream(rest)
                    .filter(word -> !word.startsWith("--"))
                    .toList();
        }
    }

    static Dockerfile in(Path file) throws IOException {
        var text = CONTINUED
                .matcher(Files.readString(file).replaceAll("(?m)^#.*\\n", ""))
                .replaceAll(" ");
        var instructions = new ArrayList<Instruction>();
        for (var line : text.lines().filter(each -> !each.isBlank()).toList()) {
            var parts = line.split("\\s+", 2);
            instructions.add(new Instruction(parts[0].toUpperCase(Locale.ROOT), parts[1]));
        }
        return new Dockerfile(instructions);
    }

    List<Instruction> all(String keyword) {
        return instructions.stream()
                .filter(each -> each.keyword().equals(keyword))
                .toList();
    }

    /** The last one, which is the one of the stage that runs. */
    Instruction last(String keyword) {
        var all = all(keyword);
        return all.get(all.size() - 1);
    }

    /** The project files that any stage copies. */
    List<String> sources() {
        return all("COPY").stream()
                .filter(copy -> !copy.rest().contains("--from="))
                .flatMap(copy -> copy.words().subList(0, copy.words().size() - 1).stream())
                .toList();
    }
}
