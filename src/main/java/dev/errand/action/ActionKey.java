package dev.errand.action;

/**
 * The identity of an action: two records with equal keys are the same action, and its effects happen once.
 *
 * @param source who published it, empty where there is only one publisher
 * @param id the publisher's own id of it
 */
public record ActionKey(String source, String id) {

    @Override
    public String toString() {
        return source.isEmpty() ? id : source + "/" + id;
    }
}
