package dev.errand.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One YAML document of a manifest.
 *
 * @param origin the file or overlay that it comes from, for messages
 */
record Manifest(String origin, Map<String, Object> content) {

    static List<Manifest> in(Path file) {
        try {
            return in(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All documents that are maps. The file of a patch can be a list, which is left out. */
    static List<Manifest> in(String origin, String text) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(16 * 1024 * 1024);
        var manifests = new ArrayList<Manifest>();
        for (var document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
            if (document instanceof Map) {
                manifests.add(new Manifest(origin, asMap(document)));
            }
        }
        return manifests;
    }

    String kind() {
        return (String) content.getOrDefault("kind", "");
    }

    String name() {
        return text("metadata", "name");
    }

    /** The value at this path, or null. Strings are keys of maps, numbers are indexes of lists. */
    Object at(Object... path) {
        Object here = content;
        for (var step : path) {
            if (here instanceof Map<?, ?> map) {
                here = map.get(step);
            } else if (here instanceof List<?> list && step instanceof Integer place && place < list.size()) {
                here = list.get(place);
            } else {
                return null;
            }
        }
        return here;
    }

    String text(Object... path) {
        return (String) at(path);
    }

    int number(Object... path) {
        return ((Number) at(path)).intValue();
    }

    Map<String, Object> map(Object... path) {
        return asMap(at(path));
    }

    /** An empty list where there is nothing. */
    List<Map<String, Object>> list(Object... path) {
        return at(path) instanceof List<?> list
                ? list.stream().map(Manifest::asMap).toList()
                : List.of();
    }

    /** An empty map where there is none. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> asMap(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    @Override
    public String toString() {
        return kind() + " " + at("metadata", "name") + " in " + origin;
    }
}
