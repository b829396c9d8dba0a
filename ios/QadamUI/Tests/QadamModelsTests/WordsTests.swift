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

    func testMinuteOfADateIsSaid() {
        let said = moment("2026-03-29", 2 * 60 + 30, "ru")
        XCTAssert(said.contains("2026") && said.contains("2:30"), said)
        XCTAssertEqual(moment("soon", 0, "en"), "soon")
    }

    func testWhatIsNoDateOrNoTimeIsNone() {
        for (day, date) in [("24.11.2026", "2026-11-24"), (" 1.2.2028 ", "2028-02-01"), ("29.02.2028", "2028-02-29")] {
            XCTAssertEqual(ReminderEditState(day: day).date, date)
        }
        for day in ["", "29.2.2027", "31.4.2026", "0.1.2026", "1.13.2026", "1.1.26", "-1.1.2026", "1.1.2026.", "1/1/2026", "1..2026", "١.١.2026"] {
            XCTAssertNil(ReminderEditState(day: day).date, day)
        }
        for (time, minute) in [("19:30", 1_170), ("0:00", 0), (" 23:59 ", 1_439), ("09:05", 545)] as [(String, UInt32)] {
            XCTAssertEqual(ReminderEditState(time: time).minute, minute)
        }
        for time in ["", "24:00", "9:60", "9:5", "9.30", "9:30:00", "-1:30", "9:+5"] {
            XCTAssertNil(ReminderEditState(time: time).minute, time)
        }
        XCTAssertFalse(ReminderEditState(text: " ", day: "1.1.2026", time: "9:00").complete)
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
