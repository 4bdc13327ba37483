using System.Runtime.InteropServices;

namespace DropForensics.Capture.Probes;

/// <summary>How a probe at a function's entry names its arguments and its caller: by number where the kernel can, else by register.</summary>
internal static class CallArguments
{
    // The order in which integer arguments are passed: System V ABI for x86-64, AAPCS64 for arm64.
    private static readonly string[] X64 = ["di", "si", "dx", "cx", "r8", "r9"];

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <param name="position">From 1, at most 6.</param>
    public static string At(TracefsReadme readme, int position) =>
        readme.HasArguments ? $"$arg{position}" : Register(position, IsArm64);

    /// <summary><c>%si</c>, <c>%x1</c>.</summary>
    internal static string Register(int position, bool arm64) => arm64 ? $"%x{position - 1}" : $"%{X64[position - 1]}";

    /// <summary>On arm64 a stack taken at a function's entry lacks the caller, which is only in the link register: the probe fetches it, and StackPool (Core) inserts it.</summary>
    public static bool StacksLackCaller => IsArm64;

    /// <summary>Where the function will return to: on the stack's top, or in the link register.</summary>
    public static string ReturnAddress => IsArm64 ? "%lr" : "+0($stack)";
}
