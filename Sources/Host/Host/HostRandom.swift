/// The only source of randomness: for delays and temporary names, never for an output.
public enum HostRandom {
    /// Another value every time, from 0 up to but not including 1.
    public static var fraction: Double { .random(in: 0..<1) }
}
