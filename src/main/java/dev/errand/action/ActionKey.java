package dev.errand.action;

/**
 * The identity of an action: two records with equal keys are the same action, and its effects happen once.
 *
 * @param source who published the action; empty if there is only one publisher
 * @param id the publisher's own id of the action
 */
public record ActionKey(String source, String id) {

    @Override
    public String toString() {
        return source.isEmpty() ? id : source + "/" + id;
    }
}
