namespace DropForensics.Core.Model;

/// <summary>A gap in a stream: <c>CPU:1 [LOST 4711 EVENTS]</c>.</summary>
/// <param name="Cpu">The CPU whose buffer overran; <see cref="AllCpus"/> if the text counts all CPUs together.</param>
/// <param name="RawLine">Number of the line in its stream, from 1.</param>
/// <param name="AfterTimestamp">Time of the last record before the gap in units of the trace clock; null when it is the first line.</param>
/// <param name="Records">Lost ring records (an event and its stack are two); null if the kernel could not count.</param>
public readonly record struct LossEvent(int Cpu, long RawLine, long? AfterTimestamp, long? Records)
{
    /// <summary>Used instead of a CPU number.</summary>
    public const int AllCpus = -1;
}
