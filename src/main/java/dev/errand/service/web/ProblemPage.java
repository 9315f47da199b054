package dev.errand.service.web;

import jakarta.ws.rs.core.Response;

/** Renders a page of the console that says what is wrong with the current request. */
@FunctionalInterface
public interface ProblemPage {

    /** @param detail the details, and what to do */
    Response of(int status, String title, String detail);
}
