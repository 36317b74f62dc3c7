internal import Host

/// The seed of random tests.
public enum TestSeed {
    /// `IDENTIKIT_SEED`, to repeat what a failed test printed; another one each time without it.
    public static var value: UInt64 {
        HostEnvironment.variable("IDENTIKIT_SEED").flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
    }
}
