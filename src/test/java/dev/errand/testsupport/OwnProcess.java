package dev.errand.testsupport;

import io.quarkus.test.junit.QuarkusTestProfile;

/** Gives a test an application of its own, which no other test has made count or log anything. */
public final class OwnProcess implements QuarkusTestProfile {}
