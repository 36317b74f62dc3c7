import Host
import TestSupport
import Testing

/// Kills the executable at a chosen point of its work: in front of the n-th call by which it changes files. That is
/// the same point on a fast machine and on a busy one. A library that is loaded before the C library's counts the
/// calls; it also plays file systems and sandboxes that cannot do everything.
struct KillSwitch {
    /// What the executable finds.
    enum Place: String, CaseIterable {
        /// A file system whose files can be without a name.
        case modern
        /// One whose files cannot: NFS, FAT.
        case named
        /// A sandbox where files cannot be linked.
        case unlinkable
    }

    /// The calls that count.
    enum Counted: String {
        case all
        /// Those that give a finished file its name: before each of them there is one with a temporary name.
        case renames
    }

    private let directory: TemporaryDirectory
    private var library: String { "\(directory.path)/killswitch.so" }

    /// Compilers that can make the library; Swift brings the first one.
    private static let compilers = ["clang", "gcc", "cc"]
    static var isAvailable: Bool { Tool.isCI || compilers.contains { Command.find($0) != nil } }

    init() throws {
        directory = try TemporaryDirectory()
        let source = try directory.write("killswitch.c", Self.source)
        let compiler = try #require(Self.compilers.first { Command.find($0) != nil })
        _ = try Command(compiler, ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
            .runSuccessfully()
    }

    private func environment(
        _ place: Place, _ counted: Counted, killingAt call: Int
    ) -> [String: String] {
        [
            "LD_PRELOAD": library, "KILLSWITCH_PLACE": place.rawValue, "KILLSWITCH_CALL": String(call),
            "KILLSWITCH_COUNT": "\(directory.path)/count", "KILLSWITCH_COUNTED": counted.rawValue,
        ]
    }

    /// Runs to the end and returns the number of calls.
    func count(
        _ arguments: [String], in workingDirectory: String, place: Place = .modern, counted: Counted = .all
    ) throws -> Int {
        let result = try Executable.run(
            arguments, in: workingDirectory, environment: environment(place, counted, killingAt: 0))
        #expect(result.status == 0, "\(arguments): \(result.errorText)")
        let text = String(decoding: try directory.read("count"), as: UTF8.self)
        return try #require(Int(text), "nothing was counted")
    }

    /// Runs until the call number `call`; true if it was killed there.
    func kill(
        _ arguments: [String], in workingDirectory: String, place: Place = .modern, counted: Counted = .all,
        at call: Int
    ) throws -> Bool {
        let result = try Executable.run(
            arguments, in: workingDirectory, environment: environment(place, counted, killingAt: call))
        #expect([0, 137].contains(result.status), "\(arguments): \(result.errorText)")
        return result.status == 137
    }

    /// `count` calls spread over `total`, from the first one on, in an order that tries ends and middles early.
    static func calls(of total: Int, count: Int) -> [Int] {
        (0..<count).map { 1 + $0 * (total - 1) / max(1, count - 1) }
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/uio.h>
        #include <unistd.h>

        static atomic_long calls;
        static long last;
        static int is_named, is_unlinkable, are_renames;

        __attribute__((constructor)) static void begin(void) {
            const char *call = getenv("KILLSWITCH_CALL"), *place = getenv("KILLSWITCH_PLACE");
            last = call ? atol(call) : 0;
            is_named = place && !strcmp(place, "named");
            is_unlinkable = place && !strcmp(place, "unlinkable");
            const char *counted = getenv("KILLSWITCH_COUNTED");
            are_renames = counted && !strcmp(counted, "renames");
            unsetenv("LD_PRELOAD");
        }

        __attribute__((destructor)) static void end(void) {
            FILE *file = fopen(getenv("KILLSWITCH_COUNT"), "w");
            if (file) { fprintf(file, "%ld", atomic_load(&calls)); fclose(file); }
        }

        static void hit(void) {
            if (atomic_fetch_add(&calls, 1) + 1 == last) kill(getpid(), SIGKILL);
        }

        static void count(void) {
            if (!are_renames) hit();
        }

        #define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
        #define OPEN(name) \
            int name(const char *path, int flags, ...) { \
                va_list list; va_start(list, flags); int mode = va_arg(list, int); va_end(list); \
                REAL(name); \
                if ((flags & O_TMPFILE) == O_TMPFILE && is_named) { errno = EOPNOTSUPP; return -1; } \
                if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) count(); \
                return real(path, flags, mode); \
            }
        OPEN(open) OPEN(open64)

        ssize_t write(int file, const void *bytes, size_t size) { REAL(write); count(); return real(file, bytes, size); }
        ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { REAL(pwrite); count(); return real(file, bytes, size, at); }
        int ftruncate(int file, off_t size) { REAL(ftruncate); count(); return real(file, size); }
        int linkat(int from, const char *old, int to, const char *path, int flags) {
            REAL(linkat);
            if (is_unlinkable) { errno = EACCES; return -1; }
            count();
            return real(from, old, to, path, flags);
        }
        int rename(const char *old, const char *path) { REAL(rename); hit(); return real(old, path); }
        int unlink(const char *path) { REAL(unlink); count(); return real(path); }
        int unlinkat(int folder, const char *path, int flags) { REAL(unlinkat); count(); return real(folder, path, flags); }
        int rmdir(const char *path) { REAL(rmdir); count(); return real(path); }
        int mkdir(const char *path, mode_t mode) { REAL(mkdir); count(); return real(path, mode); }
        int mkostemps(char *name, int length, int flags) { REAL(mkostemps); count(); return real(name, length, flags); }
        int mkostemps64(char *name, int length, int flags) { REAL(mkostemps64); count(); return real(name, length, flags); }
        """#
}
