/** An event on its way through a group: of the group's source, or one that was parked and is replayed. */
export class Message {
  /** Times it was delivered and neither acknowledged nor skipped. */
  retryCount = 0;

  constructor(
    /** Place among the events that the group has considered, the filtered-out ones included; -1 when replayed. */
    readonly sequence: number,
    /** What checkpoints name: the revision, for `$all` the position; the parked revision when replayed. */
    readonly number: number,
    /** Where the log has the event, or the link that stands for it. */
    readonly position: number,
    /** Events of one bucket go to one consumer, where the strategy pins. */
    readonly bucket: number,
    readonly isReplayed = false,
  ) {}
}
