package dev.errand.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A directory with a {@code kustomization.yaml}, read without running Kustomize. */
final class Kustomization {

    private static final String FILE = "kustomization.yaml";

    private final Path directory;
    private final Manifest manifest;

    Kustomization(Path directory) {
        this.directory = directory.normalize();
        this.manifest = Manifest.in(this.directory.resolve(FILE)).get(0);
    }

    /** All kustomizations below this directory. */
    static List<Kustomization> below(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith(FILE))
                    .sorted()
                    .map(file -> new Kustomization(file.getParent()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Manifest manifest() {
        return manifest;
    }

    /** All files and directories that this kustomization names itself. */
    List<Path> references() {
        var named = new ArrayList<String>();
        named.addAll(texts("resources"));
        named.addAll(texts("components"));
        manifest.list("patches").forEach(patch -> add(named, patch.get("path")));
        for (var generator : manifest.list("configMapGenerator")) {
            for (var files : List.of("files", "envs")) {
                if (generator.get(files) instanceof List<?> list) {
                    list.forEach(file -> add(named, file));
                }
            }
        }
        return named.stream().map(directory::resolve).map(Path::normalize).toList();
    }

    /** The manifests of its resources and components, and of the kustomizations among them. */
    List<Manifest> manifests() {
        var all = new ArrayList<Manifest>();
        for (var reference : Stream.concat(texts("resources").stream(), texts("components").stream())
                .toList()) {
            var path = directory.resolve(reference).normalize();
            all.addAll(Files.isDirectory(path) ? new Kustomization(path).manifests() : Manifest.in(path));
        }
        return all;
    }

    /** The targets of its patches and of its components' patches. */
    List<Map<String, Object>> targets() {
        var all = new ArrayList<Map<String, Object>>();
        manifest.list("patches").forEach(patch -> all.add(Manifest.asMap(patch.get("target"))));
        directories().forEach(each -> all.addAll(each.targets()));
        return all;
    }

    /** The keys of its ConfigMaps and of those that it builds upon, by the name of the ConfigMap. */
    Map<String, List<String>> settings() {
        var all = new LinkedHashMap<String, List<String>>();
        directories().forEach(each -> each.settings()
                .forEach((name, keys) ->
                        all.computeIfAbsent(name, any -> new ArrayList<>()).addAll(keys)));
        for (var generator : manifest.list("configMapGenerator")) {
            var keys = all.computeIfAbsent((String) generator.get("name"), any -> new ArrayList<>());
            if (generator.get("literals") instanceof List<?> literals) {
                literals.forEach(each -> keys.add(key(each.toString())));
            }
            if (generator.get("envs") instanceof List<?> files) {
                files.forEach(file -> keys.addAll(keys(directory.resolve(file.toString()))));
            }
        }
        return all;
    }

    private Stream<Kustomization> directories() {
        return Stream.concat(texts("resources").stream(), texts("components").stream())
                .map(directory::resolve)
                .filter(Files::isDirectory)
                .map(Kustomization::new);
    }

    private static List<String> keys(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Kustomization::key)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(String setting) {
        return setting.substring(0, setting.indexOf('='));
    }

    private List<String> texts(String field) {
        return manifest.at(field) instanceof List<?> list
                ? list.stream().map(Object::toString).toList()
                : List.of();
    }

    private static void add(List<String> to, Object value) {
        if (value != null) {
            to.add(value.toString());
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
