using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>The remedy for a refused change of tracefs. It depends on the error, because a wrong remedy costs the user an hour.</summary>
internal static class TracefsRefusal
{
    // include/uapi/asm-generic/errno-base.h
    private const int NotPermitted = 1, NoMemory = 12, AccessDenied = 13, Busy = 16, Invalid = 22, TooManyInSystem = 23, TooManyOpen = 24, NoSpace = 28, ReadOnly = 30;

    /// <summary>The error for the user.</summary>
    /// <param name="what">What was tried and the system's message.</param>
    /// <param name="refusal">The refusal; its inner exceptions are searched for the error number too.</param>
    public static UserError Of(string what, Exception refusal) => new(what, RemedyFor(refusal));

    private static string RemedyFor(Exception refusal) => NumberOf(refusal) switch
    {
        TooManyOpen => "Allow more open files in the shell that starts it, for instance: ulimit -n 65536",
        TooManyInSystem => "The whole system is out of open files: raise fs.file-max, or stop the program that holds so many.",
        NoMemory or NoSpace => "The kernel is out of memory for tracing: ask for a smaller ring, for instance --buffer 16MiB.",
        Busy => "Another tracer is using it: stop that tracer while the capture runs. 'capture doctor' shows who traces here.",
        Invalid => "This kernel rejects it: --probe tracepoint works on every kernel, and 'capture doctor' shows what else works.",
        NotPermitted or AccessDenied or ReadOnly =>
            "Run as root (sudo capture …) on the host itself, with tracefs mounted writable (mount -o remount,rw /sys/kernel/tracing).",
        _ => "'dmesg' may show what refused it: a security module, or another tracer's limits.",
    };

    // The framework keeps errno in HResult, except for EACCES and EPERM, which are an exception of their own.
    private static int NumberOf(Exception? refusal) => refusal switch
    {
        null => 0,
        UnauthorizedAccessException => AccessDenied,
        { InnerException: { } cause } => NumberOf(cause),
        _ => refusal.HResult,
    };
}
