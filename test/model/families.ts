import type { ExploreBounds, Explored } from './breadth-first.ts';
import { CONFIGURATIONS, type ConfigurationName } from './configurations.ts';
import {
  CONFIGURATIONS as DEPENDENCY_CONFIGURATIONS,
  type ConfigurationName as DependencyConfigurationName,
} from './deps/configurations.ts';
import type { Configuration as DependencyConfiguration } from './deps/configure.ts';
import { MUTATIONS as DEPENDENCY_MUTATIONS, type Mutation as DependencyMutation } from './deps/mutations.ts';
import {
  PROPERTIES as DEPENDENCY_PROPERTIES,
  type PropertyId as DependencyProperty,
} from './deps/properties.ts';
import { CORE_RULES as DEPENDENCY_RULES } from './deps/rules.ts';
import { explore as exploreDependencies } from './deps/search.ts';
import { MUTATIONS, type MutationName } from './mutations.ts';
import { ORDER_CONFIGURATIONS, type OrderConfigurationName } from './order/configurations.ts';
import { exploreOrder } from './order/explore-order.ts';
import { ORDER_MUTATIONS, type OrderMutationName } from './order/mutations.ts';
import { ORDER_RULES } from './order/rules.ts';
import { ORDER_PROPERTIES, type OrderProperty } from './order/world.ts';
import { PROPERTIES, type PropertyId } from './properties.ts';
import { CORE_RULES } from './rules.ts';
import { explore } from './search.ts';

/** A rule that can be taken out, and where that shows. */
export interface FamilyRule {
  readonly shows: readonly FamilyShow[];
  readonly why?: string | undefined;
}

/** Where it shows that a rule is taken out, and what breaks there. */
export interface FamilyShow {
  readonly configuration: string;
  readonly breaks: readonly string[];
  /** More may break than is named. @default false */
  readonly mayBreakMore?: boolean;
}

/** Configurations of one kind, and the rules that they show to be needed. */
export interface Family {
  /** What stands before the names of its configurations and rules. */
  readonly prefix: string;
  readonly properties: Readonly<Record<string, string>>;
  /** The property that only a whole exploration tells of. */
  readonly stranded: string;
  readonly configurations: readonly string[];
  /** Those that are explored only so far. @default none */
  readonly inPart?: readonly string[];
  readonly rules: Readonly<Record<string, FamilyRule>>;
  /** Explores a configuration, without the rule if one is named. */
  readonly explore: (
    configuration: string,
    rule: string | undefined,
    bounds: ExploreBounds<string>,
  ) => Explored<string>;
}

/** Rules of which each shows in one configuration, by all that breaks there. */
function shownOnce(
  mutations: Readonly<Record<string, FamilyShow & { readonly why?: string }>>,
): Readonly<Record<string, FamilyRule>> {
  const rules = Object.entries(mutations).map(
    ([name, { configuration, breaks, why }]): [string, FamilyRule] => [
      name,
      { shows: [{ configuration, breaks }], why },
    ],
  );
  return Object.fromEntries(rules);
}

const core: Family = {
  prefix: '',
  properties: PROPERTIES,
  stranded: 'S1',
  configurations: Object.keys(CONFIGURATIONS),
  rules: shownOnce(MUTATIONS),
  explore: (configuration, rule, bounds) =>
    explore(
      {
        configuration: CONFIGURATIONS[configuration as ConfigurationName],
        rules: { ...CORE_RULES, ...(rule === undefined ? {} : MUTATIONS[rule as MutationName].change) },
      },
      bounds as ExploreBounds<PropertyId>,
    ),
};

const order: Family = {
  prefix: 'order/',
  properties: ORDER_PROPERTIES,
  stranded: 'P4',
  configurations: Object.keys(ORDER_CONFIGURATIONS),
  rules: shownOnce(ORDER_MUTATIONS),
  explore: (configuration, rule, bounds) =>
    exploreOrder(
      {
        configuration: ORDER_CONFIGURATIONS[configuration as OrderConfigurationName],
        rules: {
          ...ORDER_RULES,
          ...(rule === undefined ? {} : ORDER_MUTATIONS[rule as OrderMutationName].change),
        },
      },
      bounds as ExploreBounds<OrderProperty>,
    ),
};

const dependencyMutations: Readonly<Record<string, DependencyMutation>> = DEPENDENCY_MUTATIONS;

const dependencies: Family = {
  prefix: 'deps/',
  properties: DEPENDENCY_PROPERTIES,
  stranded: 'P6',
  configurations: Object.keys(DEPENDENCY_CONFIGURATIONS),
  inPart: Object.entries<DependencyConfiguration>(DEPENDENCY_CONFIGURATIONS).flatMap(([name, { upTo }]) =>
    upTo === undefined ? [] : [name],
  ),
  rules: Object.fromEntries(
    Object.entries(dependencyMutations).map(([name, { shows, why }]) => {
      const all = Object.entries(shows).map(([configuration, property]): FamilyShow => {
        const breaks = property === null ? [] : [property];
        return { configuration, breaks, mayBreakMore: property !== null };
      });
      return [name, { shows: all, why }];
    }),
  ),
  explore: (configuration, rule, bounds) =>
    exploreDependencies(
      {
        configuration: DEPENDENCY_CONFIGURATIONS[configuration as DependencyConfigurationName],
        rules: {
          ...DEPENDENCY_RULES,
          ...(rule === undefined ? {} : dependencyMutations[rule]?.change),
        },
      },
      bounds as ExploreBounds<DependencyProperty>,
    ),
};

export const FAMILIES: readonly Family[] = [core, dependencies, order];

/** One configuration or rule, and whose it is. */
export interface Named {
  readonly family: Family;
  readonly name: string;
}

/** Its name, with what stands before it. */
export const fullNameOf = ({ family, name }: Named): string => `${family.prefix}${name}`;

/** All of a kind. */
export function allOf(kind: 'configurations' | 'rules'): readonly Named[] {
  return FAMILIES.flatMap((family) => {
    const names = kind === 'rules' ? Object.keys(family.rules) : family.configurations;
    return names.map((name) => ({ family, name }));
  });
}
