import XCTest

@testable import QadamModels

final class NavigationTests: XCTestCase {
    func testWhatIsOpenSurvivesTheProcess() async {
        await MainActor.run {
            let before = Navigation()
            before.belongs(to: "one")
            before.go(.learn)
            before.go(.lesson(id: "a"))
            before.saved(for: .lesson(id: "a")).set("card", 3)
            let after = Navigation()
            after.restore(before.text)
            XCTAssertEqual(after.tab, .learn)
            XCTAssertEqual(after.path(of: .learn), [.lesson(id: "a")])
            XCTAssertEqual(after.saved(for: .lesson(id: "a")).get("card"), 3)
            // Another person finds nothing of it.
            after.belongs(to: "two")
            XCTAssertEqual(after.path(of: .learn), [])
            XCTAssertNil(after.saved(for: .lesson(id: "a")).get("card", as: Int.self))
        }
    }

    func testWhatWasLeftIsForgotten() async {
        await MainActor.run {
            let navigation = Navigation()
            navigation.go(.contacts)
            navigation.go(.contactEdit(id: nil))
            navigation.saved(for: .contactEdit(id: nil)).set("typed", "A")
            navigation.saved(for: .contacts).set("search", "B")
            navigation.back()
            XCTAssertNil(navigation.saved(for: .contactEdit(id: nil)).get("typed", as: String.self))
            XCTAssertEqual(navigation.saved(for: .contacts).get("search"), "B")
        }
    }

    func testTheNextScreenTakesThePlaceOfThoseThatAreDone() async {
        await MainActor.run {
            let navigation = Navigation()
            navigation.go(.plan)
            navigation.go(.lesson(id: "a"))
            navigation.go(.quiz(lesson: "a"))
            navigation.go(.quiz(lesson: "a"))
            navigation.replace(over: .lesson(id: "a"), with: .lesson(id: "b"))
            XCTAssertEqual(navigation.path(of: .today), [.plan, .lesson(id: "b")])
            // A link led to the quiz: what lies below it stays.
            navigation.replace(over: .lesson(id: "a"), with: .lesson(id: "c"))
            XCTAssertEqual(navigation.path(of: .today), [.plan, .lesson(id: "c")])
        }
    }

    func testWhatCannotBeReadOpensNothing() async {
        await MainActor.run {
            let navigation = Navigation()
            navigation.restore("{}")
            XCTAssertEqual(navigation.path(of: .today), [])
        }
    }
}
