package dev.errand.service.web;

import jakarta.ws.rs.core.Response;

/** A page of the console that says what is wrong with a request; for the request at hand. */
@FunctionalInterface
public interface ProblemPage {

    /** @param detail what exactly, and what to do */
    Response of(int status, String title, String detail);
}
