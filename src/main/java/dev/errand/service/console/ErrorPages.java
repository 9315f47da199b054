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

/** Pages that are not those asked for: errors, and where to go on. */
final class ErrorPages {

    private static final Logger LOG = Logger.getLogger(ErrorPages.class);

    /** Whoever reloads a page, or many: it is one line. */
    private static final RateLimitedLog LIMITED = new RateLimitedLog();

    private ErrorPages() {}

    @CheckedTemplate(basePath = "console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance problem(PageContext visit, String title, String detail);
    }

    /** Makes a page. */
    @FunctionalInterface
    interface Page {
        Response make() throws SQLException;
    }

    /** The page, or one that says why not. */
    static Response of(PageContext visit, Page page) {
        try {
            return page.make();
        } catch (SQLException e) {
            var why = e.getClass().getName() + ", error " + e.getErrorCode() + ", SQL state " + e.getSQLState();
            LIMITED.log(
                    new Kind(ErrorPages.class, Level.INFO, "page", "that could not be shown (" + why + ")"),
                    () -> LOG.infof("A page could not be shown: %s", why));
            LOG.debug("Because", e);
            return problem(
                    503,
                    visit,
                    "The database can't be asked",
                    "Actions are kept safe meanwhile: what is unfinished waits. Try again in a moment.");
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

    /** @param detail what exactly, and what to do */
    static Response problem(int status, PageContext visit, String title, String detail) {
        return html(status, Templates.problem(visit, title, detail));
    }

    /** After something was changed: repeating the next request repeats nothing. */
    static Response goTo(String address) {
        return Response.seeOther(URI.create(address)).build();
    }
}
