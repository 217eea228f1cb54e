import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderFigure, renderPage } from '../../../vision/pages/page.ts';
import { isConflict, renderReview } from '../../../vision/pages/review-page.ts';

test('names of photos cannot become markup', () => {
  const figure = renderFigure({ picture: 'data:,', name: `<script>"&'`, caption: 'x' });
  assert.doesNotMatch(figure, /<script>/);
  assert.match(figure, /alt="&lt;script&gt;&quot;&amp;&#39;"/);
  assert.match(renderPage({ title: '<b>', body: [] }), /<title>&lt;b&gt;<\/title>/);
});

test('groups in two folders come first, and what is not shown is counted', () => {
  const photo = (name: string, folder: string, stays: boolean) => ({
    photo: `${folder}/${name}`,
    folder,
    stays,
    width: 40,
    height: 30,
    picture: 'data:,',
  });
  const same = [photo('1.jpg', 'calling', true), photo('2.jpg', 'calling', false)];
  const torn = [photo('3.jpg', 'calling', true), photo('4.jpg', 'normal', false)];
  assert.deepEqual([isConflict(same), isConflict(torn)], [false, true]);
  const page = renderReview({ groups: [same, torn], photos: 9, notShown: 2 });
  assert.ok(page.indexOf('4.jpg') < page.indexOf('1.jpg'));
  assert.match(page, /4 groups among 9 photos/);
  assert.match(page, /2 more groups/);
  assert.equal(page.match(/, stays/g)?.length, 2);
});
