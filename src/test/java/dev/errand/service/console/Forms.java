package dev.errand.service.console;

import static dev.errand.testsupport.People.operator;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads and sends the forms of the console's pages as a browser does. */
final class Forms {

    private static final Pattern FORM =
            Pattern.compile("<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("<input[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"");
    private static final Pattern AREA = Pattern.compile("<textarea[^>]*>(.*?)</textarea>", Pattern.DOTALL);

    private Forms() {}

    /** The fields of the form that is sent to this address, with their values. */
    static Map<String, String> fields(Response page, String action) {
        var fields = new LinkedHashMap<String, String>();
        var form = FORM.matcher(page.asString());
        while (form.find()) {
            if (form.group(1).equals(action)) {
                var field = FIELD.matcher(form.group(2));
                while (field.find()) {
                    fields.put(field.group(1), unescaped(field.group(2)));
                }
                return fields;
            }
        }
        throw new IllegalStateException("There is no form for " + action + " in " + page.asString());
    }

    /** The content of the first text area of the page. */
    static String area(Response page) {
        var area = AREA.matcher(page.asString());
        if (!area.find()) {
            throw new IllegalStateException("There is no text area in " + page.asString());
        }
        return unescaped(area.group(1));
    }

    /** Sends a form with the cookies of its page, and follows no redirect. */
    static Response send(Response page, String action, Map<String, String> fields) {
        return operator()
                .cookies(page.cookies())
                .redirects()
                .follow(false)
                .contentType(ContentType.URLENC.withCharset("UTF-8"))
                .formParams(fields)
                .post(action);
    }

    static String unescaped(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}
