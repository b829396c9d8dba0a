package app.qadam.core

import kotlin.test.Test
import kotlin.test.assertEquals

class TextsTest {
    @Test
    fun textsAreThoseOfTheLanguage() {
        assertEquals("Today", Texts("en").todayTitle)
        assertEquals(listOf("1 день", "2 дня", "5 дней", "21 день"), listOf(1L, 2, 5, 21).map { Texts("ru-KZ").days(count = it) })
        assertEquals("Сізді көргенімізге қуаныштымыз, Айгерім.", Texts("kk").todayGreeting(name = "Айгерім"))
        assertEquals("Pregunta 1 de 4", Texts("es-419").quizQuestion(at = 1, of = 4))
        assertEquals("Close", Texts("de").close)
    }
}
