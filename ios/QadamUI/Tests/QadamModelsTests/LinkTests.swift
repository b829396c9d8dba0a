import XCTest

@testable import QadamModels

private let host = "go.company.example"

private func route(_ link: String) -> Route? {
    Route(link: link, host: host)
}

final class LinkTests: XCTestCase {
    func testEachScreenHasALinkOfEitherKind() {
        let screens: [(String, Route)] = [
            ("today", .today), ("learn", .learn), ("contacts", .contacts), ("me", .me), ("lesson/a-b", .lesson(id: "a-b")),
            ("quiz/a-b", .quiz(lesson: "a-b")), ("reviews", .reviews), ("plan", .plan), ("contact/0a", .contact(id: "0a")),
            ("contact/new", .contactEdit(id: nil)), ("people", .people), ("messages", .messages), ("why/0b", .why(id: "0b")),
            ("offers", .offers), ("reminders", .reminders), ("settings", .settings), ("sync", .sync), ("welcome", .welcome),
        ]
        for (path, screen) in screens {
            XCTAssertEqual(route("qadam://\(path)"), screen)
            XCTAssertEqual(route("QADAM://\(path)?from=mail#top"), screen)
            XCTAssertEqual(route("https://\(host)/app/\(path)"), screen)
            XCTAssertEqual(route("HTTPS://GO.company.example/app/\(path)"), screen)
            XCTAssertNil(route("qadam://\(path)/more"))
            XCTAssertNil(route("qadam://\(path)/"))
        }
    }

    func testWhatIsNoLinkOfTheAppNamesNothing() {
        let links = [
            "", " ", "qadam", "qadam:", "qadam://", "qadam:///", "qadam:today", "qadam:/today", "qadam:///today", "qadam://Today", "qadam://nowhere",
            "qadam://lesson", "qadam://lesson/", "qadam://lesson//", "qadam://lesson//a", "qadam://why/", "qadam://contact", "qadam://contact/a/b",
            "qadam://today:80", "qadam://me@today", "qadam://me:secret@today", "qadam://app/today", "qadam://signIn", "qadam://join",
            "http://\(host)/app/today", "https://\(host)/today", "https://\(host)/app", "https://\(host)/app/", "https://\(host)//app/today",
            "https://\(host):8443/app/today", "https://\(host).evil.example/app/today", "https://evil.example/app/today",
            "https://\(host)@evil.example/app/today", "https:///app/today", "file:///app/today", "javascript:today", "qadamx://today", "today",
            "//today", "qadam://lesson/a%2Fb", "qadam://lesson/%2F", "qadam://%ZZ", "qadam://lesson/\u{0}/x",
        ]
        for link in links { XCTAssertNil(route(link), link) }
        // Without a host of the company's own there are no https links.
        XCTAssertNil(Route(link: "https:///app/today", host: ""))
        XCTAssertNil(Route(link: "https://\(host)/app/today", host: ""))
    }

    func testPercentEscapesAreRead() {
        XCTAssertEqual(route("qadam://lesson/a%20b"), .lesson(id: "a b"))
        XCTAssertEqual(route("qadam://lesson/%D2%9B"), .lesson(id: "қ"))
        XCTAssertEqual(route("qadam://contact/%6Eew"), .contactEdit(id: nil))
        XCTAssertEqual(route("https://\(host)/app/lesson/..%5Cx"), .lesson(id: "..\\x"))
    }

    func testLongLinksAreNotRead() {
        let begin = "qadam://lesson/"
        let longest = String(repeating: "a", count: 2_000 - begin.count)
        XCTAssertEqual(route(begin + longest), .lesson(id: longest))
        XCTAssertNil(route(begin + longest + "a"))
        XCTAssertFalse(isInvitation("qadam://join?code=" + longest, host: host))
    }

    func testInvitationsAreKnown() {
        XCTAssert(isInvitation("qadam://join?server=https%3A%2F%2Fqadam.example&code=W4ZW-J9FM", host: host))
        XCTAssert(isInvitation("https://\(host)/app/join?code=W4ZW-J9FM", host: host))
        for link in ["qadam://join/more", "qadam://today", "https://evil.example/app/join?code=W4ZW-J9FM", "join", "qadam://join/"] {
            XCTAssertFalse(isInvitation(link, host: host), link)
        }
    }
}
