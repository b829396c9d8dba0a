import Qadam
import XCTest

/// That this throws that very error.
func assertThrows<Value>(
    _ expected: QadamError,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ work: () async throws -> Value
) async {
    await assertThrows("\(expected)", where: { $0 == expected }, file: file, line: line, work)
}

/// That this throws an error of which this holds.
func assertThrows<Value>(
    _ expected: String,
    where holds: (QadamError) -> Bool,
    file: StaticString = #filePath,
    line: UInt = #line,
    _ work: () async throws -> Value
) async {
    do {
        let value = try await work()
        XCTFail("gave \(value) and did not throw \(expected)", file: file, line: line)
    } catch let error as QadamError {
        XCTAssert(holds(error), "threw \(error) and not \(expected)", file: file, line: line)
    } catch {
        XCTFail("threw \(error) and not \(expected)", file: file, line: line)
    }
}
