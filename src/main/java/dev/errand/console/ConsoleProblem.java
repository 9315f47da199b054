package dev.errand.console;

import dev.errand.web.ProblemPage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;

/** What is wrong with a request, as a page of the console. Thread-safe. */
@ApplicationScoped
class ConsoleProblem implements ProblemPage {

    private final Visit.Visits visits;

    @Inject
    ConsoleProblem(Visit.Visits visits) {
        this.visits = visits;
    }

    @Override
    public Response of(int status, String title, String detail) {
        return Pages.problem(status, visits.to(""), title, detail);
    }
}
