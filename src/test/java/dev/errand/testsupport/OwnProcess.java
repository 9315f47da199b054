package dev.errand.testsupport;

import io.quarkus.test.junit.QuarkusTestProfile;

/** Of tests for which what other tests make the application count, or tell once, would be in the way. */
public final class OwnProcess implements QuarkusTestProfile {}
