package dev.errand.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Different ids never look the same. */
class IdTextTest {

    private static final List<String> ALIKE = List.of(
            "tr",
            "tr ",
            " tr",
            "t r",
            "t  r",
            "tr\u00a0",
            "tr\u2003",
            "tr\u200b",
            "tr\u200d",
            "tr\u2060",
            "tr\ufeff",
            "tr\u00ad",
            "tr\u202e",
            "tr\u2066",
            "tr\u0000",
            "tr\n",
            "tr\r",
            "tr\r\n",
            "tr\t",
            "tr\u007f",
            "tr\u0085",
            "tr\u2028",
            "tr\u034f",
            "tr\u3164",
            "tr\u2800",
            "tr\ufe0f",
            "tr\udb40\udc41",
            "tr\u2420",
            "tr\u2400",
            "tr⟨U+200B⟩",
            "trU+200B",
            "tr&#32;",
            "tr&nbsp;");

    @Test
    void shouldWriteIdsThatDifferInWhatCantBeSeenDifferently() {
        assertThat(ALIKE.stream().map(each -> text(IdText.shown(each).getValue())))
                .doesNotHaveDuplicates();
        assertThat(ALIKE.stream().map(IdText::plain)).doesNotHaveDuplicates();
        assertThat(ALIKE.stream().map(IdText::plain)).allSatisfy(plain -> assertThat(
                        plain.codePoints().filter(IdText::isUnseen).filter(point -> !isOwnSign(point)))
                .isEmpty());
    }

    private static boolean isOwnSign(int point) {
        return (point >= 0x2400 && point <= 0x2421) || point == '⟨' || point == '⟩';
    }

    /** The text that a reader sees. */
    private static String text(String html) {
        return html.replaceAll("<[^>]*>", "");
    }

    @ParameterizedTest
    @CsvSource({
        "\u0430dmin, Cyrillic + Latin",
        "\u0441\u043e\u0441\u043e, Cyrillic",
        "\u0391lice, Greek + Latin",
        "\uff41dmin, not only ASCII",
        "\ud835\udc1admin, not only ASCII",
        "\u0131van, not only ASCII",
        "e\u0301lan, not only ASCII",
        "\u05d0x, Hebrew + Latin"
    })
    void shouldMarkWhatLooksLikeOtherLetters(String id, String mark) {
        assertThat(IdText.shown(id).getValue())
                .contains("looks like other letters: " + mark + "<")
                .contains("U+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"u-42", "alice@example.com", "A_b.c/d:e", "a b"})
    void shouldNotMarkAscii(String id) {
        assertThat(IdText.shown(id).getValue()).doesNotContain("lookalike");
    }

    @Test
    void shouldNameWhatItShowsASignFor() {
        assertThat(IdText.shown("a\u200b").getValue()).contains("title=\"U+200B ZERO WIDTH SPACE\"");
        assertThat(IdText.shown("a ").getValue()).contains("title=\"U+0020 SPACE\">␠<");
    }

    @Test
    void shouldEscapeWhatIsHtml() {
        assertThat(IdText.shown("<b title='x'>&\"").getValue())
                .contains("&lt;b")
                .contains("&#39;x&#39;&gt;&amp;&quot;");
    }

    @Test
    void shouldKnowWhatAFormsFieldWouldChange() {
        assertThat(List.of("a", " a ", "\u200b", "\u00e9")).allMatch(IdText::fitsField);
        assertThat(List.of("a\n", "a\r", "a\u0000", "\u0085")).noneMatch(IdText::fitsField);
    }

    @Test
    void shouldKeepEveryByteInAddresses() {
        assertThat(Texts.inUrl("a b+%\u0000\r\n&=;#/é ")).isEqualTo("a%20b%2B%25%00%0D%0A%26%3D%3B%23%2F%C3%A9%20");
    }
}
