package dev.errand.service.rest;

import static dev.errand.testsupport.People.operator;
import static dev.errand.testsupport.People.viewer;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A parameter of the wrong type or format is a 400 that names it and says what is wanted. */
@QuarkusTest
class WrongParametersTest {

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/failed-actions?limit=abc|limit|whole number",
                "/api/failed-actions?limit=1.5|limit|whole number",
                "/api/failed-actions?limit=99999999999|limit|whole number",
                "/api/failed-actions?limit=501|limit|500",
                "/api/failed-actions?limit=0|limit|1",
                "/api/failed-actions?before=x|before|whole number",
                "/api/failed-actions?before=99999999999999999999|before|whole number",
                "/api/failed-actions?state=NONE|state|DEAD",
                "/api/failed-actions?state=%20DEAD|state|DEAD",
                "/api/failed-actions?from=yesterday|from|2026-11-22T05:00:00Z",
                "/api/failed-actions?to=2026-11-22|to|2026-11-22T05:00:00Z",
                "/api/failed-actions/groups?state=NONE|state|DEAD",
                "/api/failed-actions/groups?from=1|from|2026-11-22T05:00:00Z",
                "/api/failed-actions?userId=%FF|userId|UTF-8",
                "/api/failed-actions?userId=a&userId=b|userId|once",
                "/api/failed-actions/abc|id|whole number",
                "/api/failed-actions/99999999999999999999|id|whole number",
                "/api/failed-actions/1.0|id|whole number",
                "/api/failed-actions/abc/queue|id|whole number",
                "/api/failed-actions/1/queue?after=x|after|whole number",
                "/api/failed-actions/1/queue?limit=x|limit|whole number",
                "/api/failed-actions/abc/audit|id|whole number",
                "/api/failed-actions/1/audit?after=x|after|whole number",
                "/api/failed-actions/1/audit?limit=101|limit|100",
                "/api/failed-actions/abc/values/value|id|whole number",
                "/api/failed-actions/1/audit/x/detail|entry|whole number",
                "/api/failed-actions/retries?limit=x|limit|whole number",
                "/api/failed-actions/retries/abc|id|UUID",
                "/api/failed-actions/retries/1-1-1-1-1|id|UUID",
                "/api/users/u/actions?before=x|before|whole number",
                "/api/users/u/actions?limit=-1|limit|1",
                "/api/consumer/gaps?limit=x|limit|whole number",
                "/api/consumer/gaps?before=x|before|whole number"
            })
    void shouldNameAWrongParameterOfAnAddress(String address, String name, String wanted) {
        viewer().urlEncodingEnabled(false)
                .get(address)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("status", equalTo(400))
                .body("parameter", equalTo(name))
                .body("detail", containsString(name))
                .body("detail", containsString(wanted));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/failed-actions/retries|{\"perSecond\":\"fast\"}|perSecond",
                "/api/failed-actions/retries|{\"perSecond\":\"10\"}|perSecond",
                "/api/failed-actions/retries|{\"perSecond\":1.5}|perSecond",
                "/api/failed-actions/retries|{\"perSecond\":{}}|perSecond",
                "/api/failed-actions/retries|{\"perSecond\":99999999999}|perSecond",
                "/api/failed-actions/retries|{\"perSecond\":0}|perSecond",
                "/api/failed-actions/retries|{\"from\":\"yesterday\"}|from",
                "/api/failed-actions/retries|{\"from\":\"\"}|from",
                "/api/failed-actions/retries|{\"to\":[]}|to",
                "/api/failed-actions/retries|{\"userId\":5}|userId",
                "/api/failed-actions/retries|{\"userid\":\"u\"}|userid",
                "/api/failed-actions/retries|{\"type\":true}|type",
                "/api/failed-actions/retries|[]|the body",
                "/api/failed-actions/retries|{\"userId\":|the body",
                "/api/failed-actions/1/discard|{\"reason\":7}|reason",
                "/api/failed-actions/1/discard|{\"reason\":\" \"}|reason",
                "/api/failed-actions/1/discard|{}|reason",
                "/api/failed-actions/abc/discard|{\"reason\":\"a\"}|id",
                "/api/failed-actions/abc/retry|{}|id",
                "/api/failed-actions/abc/edit|{\"payload\":1}|id",
                "/api/failed-actions/retries/abc/stop|{}|id",
                "/api/consumer/pause|{\"reason\":{}}|reason",
                "/api/consumer/gaps/abc/accept|{}|id"
            })
    void shouldNameAWrongParameterOfABody(String address, String body, String name) {
        operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(address)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("parameter", equalTo(name))
                .body("detail", containsString(name));
    }

    /** A form of the console sends its empty fields like this. */
    @Test
    void shouldTakeAnEmptyParameterAsLeftOut() {
        viewer().urlEncodingEnabled(false)
                .get("/api/failed-actions?state=&limit=&userId=")
                .then()
                .statusCode(200);
    }

    @Test
    void shouldShortenTheValue() {
        var detail = viewer().get("/api/failed-actions?limit=" + "9".repeat(1_000))
                .then()
                .statusCode(400)
                .body("value", endsWith("…"))
                .extract()
                .jsonPath()
                .getString("detail");

        assertThat(detail).contains("999…").hasSizeLessThan(400);
    }

    @Test
    void shouldTellWhatIsNotThereFromWhatCanBeNothing() {
        viewer().get("/api/failed-actions/0").then().statusCode(404).contentType("application/problem+json");
        viewer().get("/api/failed-actions/retries/" + NOBODY).then().statusCode(404);
        viewer().get("/api/failed-actions/0/values/none").then().statusCode(404);
        viewer().get("/api/nothing").then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/failed/abc",
                "/console/failed/99999999999999999999",
                "/console/failed?before=x",
                "/console/failed?state=NONE",
                "/console/failed?state=%20",
                "/console/failed?exactUserId=%25zz",
                "/console/failed/retries/abc",
                "/console/failed/retries/abc/progress",
                "/console/user?id=u&before=x",
                "/console/user?id=%FF",
                "/console/actions?live=perhaps"
            })
    void shouldShowAPageWhereAParameterOfTheConsoleIsWrong(String address) {
        var answer = viewer().urlEncodingEnabled(false).get(address);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        assertThat(answer.contentType()).isEqualTo("text/html;charset=UTF-8");
        assertThat(answer.asString()).contains("role=\"alert\"", "expected:");
    }

    @Test
    void shouldLeadFromTheRootToTheConsole() {
        given().redirects().follow(false).get("/").then().statusCode(303).header("Location", endsWith("/console"));
        viewer().get("/").then().statusCode(200).body(containsString("<h1>Overview</h1>"));
    }
}
