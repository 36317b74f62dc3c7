internal import Dispatch

/// Work on threads of its own, apart from those that tasks share: who waits for it may hold the last one of these.
public enum Background {
    public static func run(_ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "identikit.background").async(execute: body)
    }
}

/// Holds threads back until it is opened, once and for all.
public final class Latch: Sendable {
    private let group = DispatchGroup()

    public init() { group.enter() }

    /// To be called once.
    public func open() { group.leave() }

    public func wait() { group.wait() }
}
