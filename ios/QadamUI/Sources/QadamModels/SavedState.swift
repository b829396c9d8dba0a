import Foundation
import Observation

/// What survives the end of the process: small values of one screen. Secrets do not belong here.
@Observable @MainActor
public final class SavedState {
    private(set) var values: [String: String]

    public init() {
        values = [:]
    }

    init(_ values: [String: String]) {
        self.values = values
    }

    func get<Value: Decodable>(_ key: String, as _: Value.Type = Value.self) -> Value? {
        values[key].flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
    }

    func set(_ key: String, _ value: some Encodable) {
        values[key] = (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    func remove(_ key: String) {
        values[key] = nil
    }
}
