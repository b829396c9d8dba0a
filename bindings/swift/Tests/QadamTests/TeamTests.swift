import Qadam
import QadamTestSupport
import XCTest

final class TeamTests: XCTestCase {
    func testTeamFollowsTheCompanysTree() async throws {
        try await scenario { phones in
            let phone = try await phones.ofNewPerson().phone
            let team = phone.qadam.team
            let none = try await team.current()
            XCTAssertNil(none)
            guard case .signedIn(let account) = try await phone.qadam.session.current() else {
                return XCTFail("nobody is signed in")
            }
            let me = account.distributor

            let columns = "id,sponsor,name,phone,rank,personal,group,active,joined,city"
            func line(_ id: String, _ sponsor: String, _ name: String, personal: Int = 0) -> String {
                "\(id),\(sponsor),\(name),+7 701 000 00 00,gold,\(personal),900,1,2026-11-20,Almaty"
            }
            let lines = [
                columns, line(me, "", "Aigerim"), line("\(me)-a", me, "Дана"), line("\(me)-b", me, "José"),
                line("\(me)-c", "\(me)-a", "Josefa"),
            ]
            try await Backend.shared.importTeam(lines.joined(separator: "\n"))
            let found = try await first(of: team.me) { $0 != nil }
            XCTAssertEqual(found?.below, 3)
            let page = try await team.page()
            XCTAssertEqual(page.members.map(\.id), ["\(me)-a", "\(me)-b"])
            XCTAssertEqual(page.members.map(\.children), [1, 0])
            let subtree = try await team.subtree()
            XCTAssertEqual(subtree.members.map(\.id), ["\(me)-a", "\(me)-c", "\(me)-b"])
            XCTAssertEqual(subtree.members.map(\.level), [1, 2, 1])
            let names = try await team.search(TeamSearch(name: "JOSE"))
            XCTAssertEqual(names.members.map(\.name), ["José", "Josefa"])
            let path = try await team.path(id: "\(me)-c")
            XCTAssertEqual(path.map(\.id), [me, "\(me)-a"])
            do {
                _ = try await team.current(id: "nobody")
                XCTFail("there is nobody")
            } catch QadamError.NotFound {}

            try await Backend.shared.importTeam([columns, line("\(me)-c", "\(me)-b", "Josefa", personal: 120)].joined(separator: "\n"))
            let moved = try await first(of: team.member(id: "\(me)-c")) { $0?.sponsor == "\(me)-b" }
            XCTAssertEqual(moved?.personal, 120)
            let children = try await first(of: team.children()) { $0.members.last?.children == 1 }
            XCTAssertEqual(children.members.last?.below, 1)
        }
    }
}
