package dev.errand.service.console;

import dev.errand.service.web.ProblemPage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;

/** Renders a problem as a page of the console. Thread-safe. */
@ApplicationScoped
class ConsoleProblem implements ProblemPage {

    private final PageContext.Visits visits;

    @Inject
    ConsoleProblem(PageContext.Visits visits) {
        this.visits = visits;
    }

    @Override
    public Response of(int status, String title, String detail) {
        return ErrorPages.problem(status, visits.to(""), title, detail);
    }
}
