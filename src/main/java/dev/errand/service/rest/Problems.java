package dev.errand.service.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;

/** Errors as RFC 9457 has them. */
final class Problems {

    private Problems() {}

    /**
     * @param title what is wrong
     * @param detail what exactly, and what to do
     */
    static HttpProblem problem(int status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }
}
