package dev.errand.service.console;

import static dev.errand.testsupport.People.operator;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Forms of the console's pages, filled in and sent as a browser would. */
final class Forms {

    private static final Pattern FORM =
            Pattern.compile("<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("<input[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"");
    private static final Pattern AREA = Pattern.compile("<textarea[^>]*>(.*?)</textarea>", Pattern.DOTALL);

    private Forms() {}

    /** What the fields of the form have that is sent to this address. */
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

    /** What the first text area of the page has. */
    static String area(Response page) {
        var area = AREA.matcher(page.asString());
        if (!area.find()) {
            throw new IllegalStateException("There is no text area in " + page.asString());
        }
        return unescaped(area.group(1));
    }

    /** Sends it with the cookies of its page, and follows no redirect. */
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
