namespace DropForensics.Tests.TestKit;

/// <summary>How strace is run over a program of .NET.</summary>
internal static class Strace
{
    // The runtime stops its threads by signals, again and again until each has stopped. With a stop of strace's own at every system call and signal
    // they get no further, and one run in ten never ended.
    public static readonly string[] Quick = ["-f", "--seccomp-bpf", "-e", "signal=none"];
}
