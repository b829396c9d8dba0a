import Qadam
import XCTest

@testable import QadamModels

final class WordsTests: XCTestCase {
    func testDatesAreThoseOfTheLanguage() {
        XCTAssertEqual(monthDay("02-29", "en"), "29 February")
        XCTAssertEqual(monthDay("05-17", "ru"), "17 мая")
        XCTAssert(date("2026-11-24", "ru").contains("нояб"), date("2026-11-24", "ru"))
        XCTAssert(date("2026-11-24", "kk").contains("2026"), date("2026-11-24", "kk"))
        XCTAssertEqual(date("soon", "en"), "soon")
        XCTAssert(hour(8, "ru").hasPrefix("8:00") || hour(8, "ru").hasPrefix("08:00"), hour(8, "ru"))
    }

    func testLanguagesNameThemselves() {
        XCTAssertEqual(locales.map(languageName), ["Қазақ тілі", "Русский", "Español", "English"])
    }

    func testScenarioIsToldUpToTheStepThatWaits() {
        let steps = [
            StepView(prompt: [], options: [StepOptionView(index: 0, text: "a", next: 1), StepOptionView(index: 1, text: "b", next: nil)]),
            StepView(prompt: [], options: [StepOptionView(index: 0, text: "c", next: nil)]),
        ]
        func told(_ path: [UInt32]) -> [String?] { visited(steps, path).map { $0.chosen?.text } }
        XCTAssertEqual(told([]), [nil])
        XCTAssertEqual(told([0]), ["a", nil])
        XCTAssertEqual(told([0, 0]), ["a", "c"])
        XCTAssertEqual(told([1]), ["b"])
        XCTAssertEqual(told([7]), [nil])
        XCTAssertEqual(Texts("en").of(.scenario(steps: steps), .path(options: [0, 0])), "a → c")
    }
}
