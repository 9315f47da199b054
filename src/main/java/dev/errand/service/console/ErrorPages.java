package dev.errand.service.console;

import dev.errand.engine.logging.RateLimitedLog;
import dev.errand.engine.logging.RateLimitedLog.Kind;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.sql.SQLException;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Answers of the console: pages, error pages and redirects. */
final class ErrorPages {

    private static final Logger LOG = Logger.getLogger(ErrorPages.class);

    /** However many pages fail, the log has few lines. */
    private static final RateLimitedLog LIMITED = new RateLimitedLog();

    private ErrorPages() {}

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance problem(PageContext visit, String title, String detail);
    }

    /** Renders a page. */
    @FunctionalInterface
    interface Page {
        Response make() throws SQLException;
    }

    /** The page, or an error page if the database is unavailable. */
    static Response of(PageContext visit, Page page) {
        try {
            return page.make();
        } catch (SQLException e) {
            var why = e.getClass().getName() + ", error " + e.getErrorCode() + ", SQL state " + e.getSQLState();
            LIMITED.log(
                    new Kind(ErrorPages.class, Level.INFO, "page", "could not be shown (" + why + ")"),
                    () -> LOG.infof("A page could not be shown: %s", why));
            LOG.debug("The cause of the page that could not be shown", e);
            return problem(
                    503,
                    visit,
                    "The database is unavailable",
                    "No action is lost: unfinished actions wait. Try again in a moment.");
        }
    }

    static Response html(TemplateInstance template) {
        return html(200, template);
    }

    private static Response html(int status, TemplateInstance template) {
        return Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(template.render())
                .build();
    }

    /** @param detail the details, and what to do */
    static Response problem(int status, PageContext visit, String title, String detail) {
        return html(status, Templates.problem(visit, title, detail));
    }

    /** Redirects after a change, so that reloading the page does not repeat the change. */
    static Response goTo(String address) {
        return Response.seeOther(URI.create(address)).build();
    }
}
