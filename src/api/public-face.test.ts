import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as stats from '../stats/index.ts';
import * as testing from '../testing/index.ts';
import * as library from './index.ts';

// What programs outside can import. Taking a name away breaks them, and a new one is a promise: both are decided
// here, by hand: a line per room, its names in alphabetical order.

const faces = {
  'agentmesh-stm': {
    file: './index.ts',
    face: library,
    names: [
      // studies
      `analyzeFile analyzeStudyFolder defaultDataDirectory diagnose exportStudy exportStudyAsParquet findStudyDirectory
       findStudyFile quote quoteFile renderAnalysis renderMeasures reportStudy run runFile scoreTableText serveView studiesIn
       studyJsonSchema studyStatus version writeTableReport`,
      // what there is
      'builtInCatalogue catalogueWithOwn profileTask startPlay viewTask',
      // strategies and their training
      `act advised coma commnet composeStrategy independent learnFromLog loadLearned none qmix say strategies trainForTask trainTeam
       vdn`,
      // teams
      'asAgent asEpisodeTool asLanguageModel asTool team',
      // models
      'fromLanguageModel pocket serveModels',
      // tasks
      'actionWords composePrompt environmentOf measureReferences promptRevision scoreOf simulated',
      // core
      'exitCodes randomStream systemClock',
      // stores
      'exportEpisodes exportMeasures exportQuestions exportRuns exportTraces inProcessQueue memoryStore openStore readStore toCsv toJsonl traceRows',
      // errors
      `AgentMeshError BudgetReachedError DamagedStoreError FileError InputError InterruptedError NewerStoreError
       OlderStoreError ProblemsError ProviderError ReplayError StoreError StrategyError StudyLockedError TaskError TrainingError
       UnknownIdError`,
    ],
  },
  'agentmesh-stm/stats': {
    file: '../stats/index.ts',
    face: stats,
    names: [
      `ablationAnalysis actionsOf adjustP againstBaseline alternatives anova atLevel bestOfK
      blockDesign blockTests bootstrapMeanInterval breuschPagan brownForsythe cellEstimates cellLabel
      cellsWith cliffsDelta cohensDz comparisonCorrelations comparisonMargin contrastFamily
      contrastsAgainst decide differenceInDifferences differenceWeights dunnettCritical
      dunnettUpperTail effectSizes equivalenceP equivalenceTest factor factorialTerms
      fewestModelsForScaling fitLinearModel fLowerTail formatP formatPermutationP fQuantile
      friedmanTest fUpperTail gainDesign groupLabel headroomGain hedgesG holmOverPlaces
      interquartileMean jackknife jointParts kendall levelWeights linearComparison linearMixedModel
      lookLevels mainEffects marginalMeans matchArchitectures maxAbsTCritical maxAbsTUpperTail
      maxTAdjusted maxTLevel meanCorrelation minimumDetectableContrast missingBounds namedTerms
      noncentralFTails noncentralityInterval normalCdf normalQuantile normalTwoSided normalUpperTail
      oneSidedP optimalityGap ordinalMixedModel overItems pairedDifference pairedEvidence
      pairwiseContrasts paretoFront partialPooling pearson percentChange performanceProfile
      permutationTest pOfAlternative powerOfContrast powerOfF probabilityOfImprovement requiredBlocks
      resampledImprovement resampledInterquartileMean robustAnova scaling scoreInterval settledBy
      signedRankTest signFlipCheck slope smallSampleFactor spearman strataTable stratifiedBootstrap
      studentizedRangeCritical studentizedRangeUpperTail tLowerTail tQuantile tTwoSided tukeyPairwise
      tUpperTail whyNotEstimable wildBootstrapTest`,
    ],
  },
  'agentmesh-stm/testing': {
    file: '../testing/index.ts',
    face: testing,
    names: [
      `announcingPolicy bestReturn expertPolicy meanScores modelConformance play protocolConformance queueConformance randomEpisode
      sampleScores sampleTexts simulatorConformance storeConformance taskConformance`,
    ],
  },
};

describe.each(Object.entries(faces))('%s', (_, { file, face, names }) => {
  it('gives these values and no others', () => {
    expect(Object.keys(face).sort()).toEqual(names.join(' ').split(/\s+/).sort());
  });

  it('names what it gives, types too', () => {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).not.toMatch(/export (type )?\*/);
  });
});
