import Qadam
import XCTest

final class TextsTests: XCTestCase {
    func testTextsAreThoseOfTheLanguage() {
        XCTAssertEqual(Texts("en").todayTitle, "Today")
        XCTAssertEqual([1, 2, 5, 21].map { Texts("ru-KZ").days(count: $0) }, ["1 день", "2 дня", "5 дней", "21 день"])
        XCTAssertEqual(Texts("kk").todayGreeting(name: "Айгерім"), "Сізді көргенімізге қуаныштымыз, Айгерім.")
        XCTAssertEqual(Texts("es-419").quizQuestion(at: 1, of: 4), "Pregunta 1 de 4")
        XCTAssertEqual(Texts("de").close, "Close")
    }
}
