internal import Synchronization

/// What was read and decoded last, by where it lies: tables and blocks that readers come back to.
///
/// Several threads may ask at once; two that miss the same value make it twice.
public final class RecentValues<Value: Sendable>: Sendable {
    private let capacity: Int
    /// The value used last comes last.
    private let values: Mutex<[(key: UInt64, value: Value)]>

    /// Keeps up to `capacity` values.
    public init(capacity: Int) {
        self.capacity = max(capacity, 1)
        values = Mutex([])
    }

    /// The value for `key`, computed unless it is cached.
    public func value(
        for key: UInt64, orMake make: () throws(StreamError) -> Value
    ) throws(StreamError) -> Value {
        if let value = find(key) { return value }
        let value = try make()
        values.withLock { values in
            if values.count >= capacity { values.removeFirst() }
            values.append((key, value))
        }
        return value
    }

    private func find(_ key: UInt64) -> Value? {
        values.withLock { values in
            guard let index = values.lastIndex(where: { $0.key == key }) else { return nil }
            if index < values.count - 1 { values.append(values.remove(at: index)) }
            return values.last?.value
        }
    }
}
