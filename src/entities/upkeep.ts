import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When each kind of recurring work over all data was last finished. */
@Entity('upkeep')
export class Upkeep {
  @PrimaryColumn('text')
  name!: string;

  @Column('timestamptz')
  doneAt!: Date;
}
