package dev.errand.testsupport;

import static io.restassured.RestAssured.given;

import io.restassured.specification.RequestSpecification;

/** Requests with the log-ins of the tests' configuration. */
public final class People {

    public static final String OPERATOR = "olga";
    public static final String OPERATOR_PASSWORD = "olga-may-change-things";
    public static final String VIEWER = "vera";
    public static final String VIEWER_PASSWORD = "vera-may-look";

    private People() {}

    /** A request of a user that may change things. */
    public static RequestSpecification operator() {
        return given().auth().preemptive().basic(OPERATOR, OPERATOR_PASSWORD);
    }

    /** A request of a user that may only read. */
    public static RequestSpecification viewer() {
        return given().auth().preemptive().basic(VIEWER, VIEWER_PASSWORD);
    }
}
