/// What executes the guest's instructions.
public enum Accelerator: String, Sendable, CaseIterable {
    case kvm
    /// macOS.
    case hvf
    /// Software emulation: slow, and works everywhere.
    case tcg

    /// LinuxKit's `--accel`: one accelerator, or several separated by `:` of which the first that works counts
    /// (`kvm:tcg`).
    public static func list(parsing text: String) throws(RunOptionError) -> [Accelerator] {
        var list: [Accelerator] = []
        for name in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard let accelerator = Accelerator(rawValue: String(name)) else {
                throw RunOptionError(
                    option: "accel", value: text, reason: "one or more of kvm, hvf and tcg, separated by :")
            }
            list.append(accelerator)
        }
        return list
    }
}
