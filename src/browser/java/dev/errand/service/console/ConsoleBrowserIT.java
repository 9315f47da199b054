package dev.errand.service.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.errand.testsupport.Actions.newId;
import static dev.errand.testsupport.Actions.newUser;
import static dev.errand.testsupport.Actions.record;
import static dev.errand.testsupport.Waiting.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import dev.errand.dev.embedded.KafkaServer;
import dev.errand.dev.embedded.MySqlServer;
import dev.errand.testsupport.Actions;
import dev.errand.testsupport.Application;
import dev.errand.testsupport.Database;
import dev.errand.testsupport.People;
import dev.errand.testsupport.Publisher;
import dev.errand.testsupport.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The console in a real Chromium, on the packaged application. {@code -Dbrowser.screenshots=DIRECTORY} says where to put
 * pictures of the main pages.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleBrowserIT {

    private final KafkaServer kafka = Servers.kafka();
    private final MySqlServer mySql = Servers.mySql();
    private Application application;
    private Database database;
    private Publisher publisher;
    private Playwright playwright;
    private Browser browser;
    private BrowserContext context;
    private Page page;
    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    void startAll(@TempDir Path directory) {
        PlaywrightAssertions.setDefaultAssertionTimeout(SOON.toMillis());
        kafka.start();
        mySql.start();
        database = Database.at(mySql::jdbcUrl);
        publisher = new Publisher(kafka.bootstrapServers());
        application = Application.start(
                        directory.resolve("application.log"),
                        List.of("-Xmx256m"),
                        new HashMap<>(Application.reaching(kafka.bootstrapServers(), mySql.jdbcUrl())))
                .awaitReady();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(System.getProperty("browser.executable")))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    void stopAll() {
        browser.close();
        playwright.close();
        publisher.close();
        application.close();
        kafka.close();
        mySql.close();
    }

    @BeforeEach
    void open() {
        complaints.clear();
        logIn(People.OPERATOR, People.OPERATOR_PASSWORD);
    }

    @AfterEach
    void close() {
        context.close();
        assertThat(complaints).as("what the browser complained about").isEmpty();
    }

    private void logIn(String user, String password) {
        context = browser.newContext(new Browser.NewContextOptions()
                .setBaseURL(application.url())
                .setHttpCredentials(user, password)
                .setViewportSize(1280, 900));
        context.setDefaultTimeout(SOON.toMillis());
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // A 4xx page is an answer, not a fault of the page.
            if (message.type().equals("error") && !message.text().contains("status of 4")) {
                complaints.add(message.text());
            }
        });
    }

    @Test
    void shouldShowOnTheOverviewWhatHappensNow() {
        page.navigate("/console");
        var before = page.locator(".asof").textContent();

        publisher.publish(pages(newUser(), 40));

        assertThat(page.locator(".asof")).not().hasText(before);
        assertThat(page.locator("#tile-lag")).hasText("0");
        assertThat(page.locator("#tile-workers")).containsText("of 4");
        assertThat(page.locator("figure").first().locator("rect").first()).isVisible();
        assertThat(page.locator("tbody tr").first()).containsText("taking actions");
    }

    @Test
    void shouldFollowActionsAsTheyAreTaken() {
        page.navigate("/console/actions");
        var user = newUser();

        publisher.publish(pages(user, 1));

        assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(user)))
                .isVisible();

        page.getByText("Pause updates").click();
        assertThat(page.locator("#tail")).not().hasAttribute("hx-get", Pattern.compile(".*"));
    }

    @Test
    void shouldShowAUsersTimelineAndAnActionsLifeByKeyboardAlone() {
        var user = newUser();
        publisher.publish(pages(user, 60));
        await().atMost(SOON).until(() -> recorded(user) == 60);
        page.navigate("/console/user");

        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to content")).isFocused();
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().type(user);
        page.keyboard().press("Enter");

        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("User " + user)))
                .isVisible();
        assertThat(page.locator("tbody tr")).hasCount(50);
        page.getByText("Older").press("Enter");
        assertThat(page.locator("tbody tr")).hasCount(10);
        page.locator("tbody tr a").first().press("Enter");
        assertThat(page.locator("ol.life li"))
                .hasText(new Pattern[] {Pattern.compile(".*occurred"), Pattern.compile(".*done")});
    }

    @Test
    void shouldRetryADeadActionWithAnEditedPayload() {
        var user = newUser();
        var id = failedId(user, newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        page.navigate("/console/failed");
        page.getByLabel("State").selectOption("DEAD");
        page.getByLabel("User id").fill(user);
        page.getByRole(AriaRole.BUTTON, named("Show")).click();
        page.locator("#items a").first().click();
        assertThat(page.locator("#message")).containsText("orderId");
        assertThat(page.locator("#value")).containsText("\"totalCents\":300");
        page.getByText("Stack trace").click();
        assertThat(page.locator("details pre")).containsText("NonRetryableException");

        page.locator("#edit")
                .locator("..")
                .getByRole(AriaRole.TEXTBOX)
                .fill("{\"orderId\":\"o-9\",\"totalCents\":300}");
        page.locator("#edit").click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The payload was accepted");
        await().atMost(SOON).until(() -> state(id).equals("RESOLVED"));
        page.reload();
        assertThat(page.locator("#state")).hasText("RESOLVED");
        assertThat(page.locator("#audit")).containsText("edit-and-retry by " + People.OPERATOR);
        assertThat(page.locator("#edited")).containsText("o-9");
    }

    @Test
    void shouldSayWhatIsWrongWithAnEditedPayload() {
        var id = failedId(newUser(), newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        page.navigate("/console/failed/" + id);

        page.locator("#edit").locator("..").getByRole(AriaRole.TEXTBOX).fill("{\"orderId\":");
        page.locator("#edit").click();

        assertThat(page.getByRole(AriaRole.ALERT)).containsText("not valid JSON");
        assertThat(state(id)).isEqualTo("DEAD");
    }

    @Test
    void shouldRetryADeadActionWhoseCauseIsGone() {
        var id = takenAddress(newUser());
        freeAddresses();
        page.navigate("/console/failed/" + id);

        page.locator("#retry").click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("tried again");
        await().atMost(SOON).until(() -> state(id).equals("RESOLVED"));
    }

    @Test
    void shouldDiscardWithAReasonAndNotWithout() {
        var user = newUser();
        var id = failedId(user, newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        publisher.publish(pages(user, 2));
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 3);
        page.navigate("/console/failed/" + id);
        assertThat(page.locator("#line li")).hasCount(3);

        page.locator("#discard").click();
        assertThat(state(id)).isEqualTo("DEAD");
        page.getByLabel("Reason for discarding").fill("a test order");
        page.locator("#discard").click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The action was discarded");
        assertThat(page.locator("#state")).hasText("DISCARDED");
        assertThat(page.locator(".facts").first()).containsText("a test order");
        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM user_action WHERE user_id = ? AND processed_at IS NOT NULL", user)
                        == 2);
    }

    @Test
    void shouldMendARecordThatCantBeRead() {
        var user = newUser();
        publisher.publishBytes(user.getBytes(UTF_8), "{\"id\":".getBytes(UTF_8));
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 1);
        var id = database.number("SELECT seq FROM parked_action WHERE user_id = ?", user);
        page.navigate("/console/failed/" + id);

        page.locator("#correct")
                .locator("..")
                .getByRole(AriaRole.TEXTBOX)
                .fill(Actions.json(newId(), "page.viewed", user, "{}"));
        page.locator("#correct").click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The action was accepted");
        await().atMost(SOON).until(() -> state(id).equals("RESOLVED"));
    }

    @Test
    void shouldRetryAllOfAKindAndShowItsProgress() {
        var ids = IntStream.range(0, 12).mapToObj(i -> takenAddress(newUser())).toList();
        freeAddresses();
        page.navigate("/console/failed");
        page.getByLabel("State").selectOption("DEAD");
        page.getByLabel("Type").fill("user.signed-up");
        page.getByRole(AriaRole.BUTTON, named("Show")).click();

        page.getByLabel("Actions a second").fill("4");
        page.getByText("Retry all dead actions").click();

        assertThat(page.locator("progress")).hasAttribute("max", "12");
        assertThat(page.getByText("All of them are finished.")).isVisible();
        assertThat(page.locator("progress")).hasAttribute("value", "12");
        assertThat(ids.stream().map(this::state)).containsOnly("RESOLVED");
    }

    @Test
    void shouldPauseAndResume() {
        var user = newUser();
        page.navigate("/console/consumer");
        assertThat(page.locator("tbody tr").first()).containsText(Actions.TOPIC);
        page.getByLabel("Reason").fill("the shop moves");

        page.locator("#pause").click();

        assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("the shop moves");
        page.navigate("/console");
        assertThat(page.locator("tbody tr").first()).containsText("paused");
        publisher.publish(pages(user, 3));
        assertThat(page.locator("#tile-lag")).hasText("3");
        assertThat(recorded(user)).isZero();

        page.navigate("/console/consumer");
        page.locator("#resume").click();

        assertThat(page.locator("#pause")).isVisible();
        await().atMost(SOON).until(() -> recorded(user) == 3);
    }

    @Test
    void shouldOfferViewersNothingToPress() {
        var id = failedId(newUser(), newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        context.close();
        logIn(People.VIEWER, People.VIEWER_PASSWORD);

        for (var path : List.of("/console/failed/" + id, "/console/failed?state=DEAD", "/console/consumer")) {
            page.navigate(path);
            assertThat(page.locator("form[method=post]")).hasCount(0);
        }
    }

    @Test
    void shouldRunNothingOfWhatStrangersPublish() {
        var evil = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>";
        var user = "\\\"><svg onload=window.hacked=1>" + newUser();
        var shown = user.replace("\\", "");
        var id = "'><img src=x onerror=window.hacked=1>" + newId();
        publisher.publish(new ProducerRecord<>(
                Actions.TOPIC,
                shown,
                Actions.json(id, "order.placed", user, "{\"orderId\":\"\",\"note\":\"" + evil + "\"}")));
        publisher.publish(new ProducerRecord<>(Actions.TOPIC, evil, evil));
        await().atMost(SOON)
                .until(() -> database.number(
                                "SELECT COUNT(*) FROM parked_action WHERE user_id IN (?, ?) OR record_value = ?",
                                shown,
                                evil,
                                evil)
                        == 2);
        var failed = database.number("SELECT seq FROM parked_action WHERE user_id = ?", shown);
        var unreadable = database.number("SELECT seq FROM parked_action WHERE record_value = ?", evil);

        for (var path : List.of(
                "/console",
                "/console/actions",
                "/console/user?id=" + Texts.inUrl(shown),
                "/console/user?id=" + Texts.inUrl(evil),
                "/console/action?id=" + Texts.inUrl(id),
                "/console/failed",
                "/console/failed?type=" + Texts.inUrl(evil) + "&userId=" + Texts.inUrl(evil) + "&errorClass="
                        + Texts.inUrl(evil),
                "/console/failed/" + failed,
                "/console/failed/" + unreadable,
                "/console/failed/" + failed + "?done=" + Texts.inUrl(evil))) {
            page.navigate(path);
            assertThat(page.locator("h1")).isVisible();
            assertThat(page.evaluate("() => window.hacked")).as(path).isNull();
            assertThat(page.locator("main img, main script").count()).as(path).isZero();
        }
        page.navigate("/console/failed/" + unreadable);
        assertThat(page.locator("#value")).hasText(evil);
    }

    @Test
    void shouldRefuseAFormOfAnotherSite() throws IOException {
        var id = failedId(newUser(), newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        page.navigate("/console/failed/" + id);
        var evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        evil.createContext("/", exchange -> {
            var html = ("<form id=f method=post action='" + application.url() + "/console/failed/" + id
                            + "/discard'><input name=reason value=x><input name=csrf-token value=x></form>"
                            + "<button onclick='document.forms[0].submit()'>A kitten</button>")
                    .getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, html.length);
            try (var body = exchange.getResponseBody()) {
                body.write(html);
            }
        });
        evil.start();
        try {
            page.navigate("http://127.0.0.1:" + evil.getAddress().getPort() + "/");
            var response = page.waitForResponse(
                    "**/discard", () -> page.getByText("A kitten").click());

            assertThat(response.status()).isEqualTo(403);
            assertThat(state(id)).isEqualTo("DEAD");
        } finally {
            evil.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/console", "/console/actions", "/console/user?id=u-42", "/console/failed", "/console/consumer"})
    void shouldFitAPhone(String path) {
        publisher.publish(record(newId(), "page.viewed", "u-42", "{}"));
        failedId(newUser(), newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        page.setViewportSize(390, 844);

        page.navigate(path);

        assertThat(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))
                .isEqualTo(true);
    }

    @Test
    void shouldSayThatNothingIsThere() {
        page.navigate("/console/user?id=nobody-at-all");

        assertThat(page.locator(".empty")).containsText("there is no such user");

        page.navigate("/console/failed?type=none.such");
        assertThat(page.locator(".empty")).containsText("No failed action matches the filter");
    }

    /** Its own complaint about the answer 503 is expected. */
    @Test
    void shouldSayThatTheDatabaseIsAwayAndComeBackByItself() {
        mySql.kill();
        try {
            page.navigate("/console/actions");

            assertThat(page.getByRole(AriaRole.ALERT)).containsText("The database is unavailable");
        } finally {
            mySql.start();
        }
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> page.navigate("/console/actions").status() == 200);
        complaints.removeIf(each -> each.contains("status of 503"));
    }

    @Test
    void shouldHaveItsPictureTaken() {
        var user = newUser();
        publisher.publish(pages(user, 400));
        publisher.publish(record(newId(), "order.placed", user, "{\"orderId\":\"o-17\",\"totalCents\":1250}"));
        var id = failedId(user, newId(), "order.placed", "{\"orderId\":\"\",\"totalCents\":300}");
        publisher.publish(pages(user, 2));
        await().atMost(SOON)
                .until(() -> database.number("SELECT COUNT(*) FROM parked_action WHERE user_id = ?", user) == 3);

        page.navigate("/console");
        assertThat(page.locator("#tile-lag")).hasText("0");
        assertThat(page.locator("figure").first().locator("rect").first()).isVisible();
        takePicture("console-overview");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        takePicture("console-overview-dark");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.navigate("/console/actions?live=false");
        takePicture("console-actions");
        page.navigate("/console/failed?state=DEAD");
        takePicture("console-failed");
        page.navigate("/console/failed/" + id);
        takePicture("console-failed-action");
        page.navigate("/console/consumer");
        takePicture("console-consumer");
        page.setViewportSize(390, 844);
        page.navigate("/console");
        assertThat(page.locator("#tile-lag")).hasText("0");
        takePicture("console-phone");
    }

    private void takePicture(String name) {
        var picture = Path.of(System.getProperty("browser.screenshots"), name + ".png");
        page.screenshot(new Page.ScreenshotOptions().setPath(picture));
        assertThat(picture).isNotEmptyFile();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static List<ProducerRecord<String, String>> pages(String user, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> record(newId(), "page.viewed", user, "{\"n\":" + n + "}"))
                .toList();
    }

    /** Publishes what dies, and waits until it is kept. */
    private long failedId(String user, String id, String type, String payload) {
        publisher.publish(record(id, type, user, payload));
        await().atMost(SOON)
                .until(() ->
                        database.number("SELECT COUNT(*) FROM parked_action WHERE id = ? AND state = 'DEAD'", id) == 1);
        return database.number("SELECT seq FROM parked_action WHERE id = ?", id);
    }

    /** A sign-up that dies because somebody has the address. */
    private long takenAddress(String user) {
        var email = user + "@example.com";
        database.execute("INSERT INTO member (user_id, email, signed_up_at) VALUES ('first-" + user + "', '" + email
                + "', NOW(6))");
        return failedId(user, newId(), "user.signed-up", "{\"email\":\"" + email + "\"}");
    }

    private void freeAddresses() {
        database.execute("DELETE FROM member WHERE user_id LIKE 'first-%'");
    }

    private String state(long id) {
        return database.texts("SELECT state FROM parked_action WHERE seq = ?", id)
                .get(0);
    }

    private long recorded(String user) {
        return database.number("SELECT COUNT(*) FROM user_action WHERE user_id = ? AND processed_at IS NOT NULL", user);
    }
}
