import type { Decision, DecisionRequest, Model } from '../../contracts/index.ts';

/** The one place in which a model is asked to choose. @throws as `Model.decide` */
export function askModel(model: Model, request: DecisionRequest, signal?: AbortSignal): Promise<Decision> {
  return model.decide(request, signal);
}
