"""What tells the five languages apart: small words, letter groups and characters that only one of them uses."""

from __future__ import annotations

#: Words that carry grammar; almost every sentence has one.
SMALL_WORDS_DE = frozenset(
    """
    ab aber alle allem allen alles als also am an ander andere anderen auch auf aus bei beim bereits bin bis bist da
    dabei dafuer damit dann daran darauf daraus darf das dass dazu dein deine dem den denn der deren des deshalb dich
    die dies diese diesem diesen dieser dieses dir doch dort du durch duerfen eben ein eine einem einen einer eines einfach
    er erst es etwas euch euer eure fuer gab ganz gar gegen gehen geht gerade gerne gern gibt haben habe hab hat hatte
    hatten heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer ins ist ja jede jeden jeder
    jedes jemand jetzt kann kannst kein keine keinen keiner koennen koennt koennte koennten kommen kommt konnte lange
    leider machen macht man mein meine meinem meinen meiner meines mich mir mit moechte moechten morgen muss muessen
    nach neben nein nicht nichts nie noch nun nur ob oder ohne schon sehr seid sein seine seit selbst sich sie sind so
    soll sollte sondern sonst ueber um und uns unser unsere unter viel viele vom von vor waere wann war waren warum was
    weg wegen weil weiter welche welchem welchen welcher welches wenn wer werde werden wie wieder wieso wieviel will
    wir wird wo wohin wurde wurden zu zum zur zurueck zwar zwischen bekomme bekommen funktioniert bestellt schnell
    guten mal wirklich gestern bitte gib finde finden zeige zeig sag brauche suche geben hilf
    """.split()
)
SMALL_WORDS_EN = frozenset(
    """
    a about after again all also am an and any anyone anything are aren't as at back be because been before being but by can can't
    cannot could couldn't did didn't do does doesn't doing don't down each every for from get got had has have haven't
    he her here him his how i i'd i'll i'm i've if in into is isn't it it's its just let like made make many may me
    more most much must my need never no not now of off on once one only or other our out over please really same
    send she should since so some someone something still such than that that's the their them then there these they
    they're this those through to today tomorrow too under until up us use used very via want wants was we were what
    what's when where where's which while who why will with without won't would wouldn't yes yesterday yet you your
    yours long order late work works working know tell give show find keep set
    """.split()
)
#: Greetings and thanks travel between languages; they say a little only.
GREETINGS_DE = frozenset("hallo danke moin servus tschuess gruess nee jo jep klar super prima".split())
GREETINGS_EN = frozenset("hello hi hey thanks thank thx bye cheers yeah yep nope sure great cool".split())
#: Words both languages write, so they say nothing.
SHARED_WORDS = frozenset(
    "a am an as also in so will was war man gab hat her die mine must ok okay info test".split()
)

#: Characters that Japanese writes and Chinese, simplified or traditional, does not.
JAPANESE_HAN = frozenset(
    "亜悪圧囲壱隠栄営衛駅円塩応桜価仮絵壊懐拡覚楽勧巻陥関歓観気帰犠戯拠挙駆勲薫恵掲渓経継茎軽鶏芸撃倹剣圏検権顕験厳広効"
    "鉱黒済砕斎剤雑桟惨賛歯児辞実釈収従渋獣縦処渉焼奨乗浄剰畳縄壌嬢譲醸図粋穂枢瀬斉摂銭戦専繊浅禅"
    "荘捜挿巣総騒蔵臓続堕対帯択沢単団弾遅昼鋳庁聴勅鎮塚逓鉄転伝闘徳読弐悩脳覇廃拝売発髪抜浜払仏変辺弁豊褒黙訳"
    "薬揺様謡頼覧欄竜猟緑塁霊齢炉労込働峠畑辻枠匂栃搾値頃"
)
#: Characters that Chinese writes and Japanese does not, or hardly ever.
CHINESE_HAN = frozenset(
    "你您她款们們这這那哪吗嗎呢吧啊嘛么麼没沒给很怎啥咋吃说説话请问谢谁让还换买卖发货钱时间单订费邮运寄费账户收据优惠"
    "几几为从们个過过来对开关动电机东车马门见长两业务么价钱现实际应该区别显头进边远近选择项连续线级纪约"
    "红绿蓝银铁锁错误码种类坏损坏质赔补偿颜宽轻压缩网络络页链举报险验证认识计划设备该详细读课谈论调试试该诉让议许该找跟把被吧别"
) - frozenset("那説没近来来寄運区過動際把被找跟別種類")
#: Grammar words of Chinese in Han characters; Japanese writes grammar in kana.
CHINESE_GRAMMAR = ("的", "了", "是", "我", "不", "在", "有")

#: Lean of three letters of a word (^ starts, $ ends it): tenths of a nat, positive for German.
#: Log ratio of their frequencies among the distinct words of German and English text, halved because
#: neighbouring groups overlap; `python -m fondaco.lab.answers letter-groups` makes this table.
_GROUPS_BY_LEAN: dict[int, str] = {
    -12: (
        "act app ary cat ced ces cip con cri ct$ cti cts cul ded ece eci ect ed$ ely enc fic hed ic$ ica "
        "ici inc ish ity led lly ly$ nce ned oca ove pec red rov ry$ sed sub sur ted tic tly uct unc ved "
        "vel yin "
    ),
    -11: (
        "^co ^cr ^wh abl ain cal cer cia cle clu cre cte eas eco eve ful ght ked mpa nou olv ous ow$ pea "
        "rly ty$ "
    ),
    -10: (
        "^ac ^ag ^ce ^cl ^oc ^ou ce$ cem cit cla com ctu cur ds$ duc eac exc ice mea mou nin nvi oug pai "
        "ppl rev scr sea tin ubs "
    ),
    -9: (
        "^ap ^ci ^ex acc ace air cap cel cen cep cor cs$ dev ean ear eed hou ian ics ict igh ing ire lay "
        "loc mic nci onc oun ped pic ps$ qui rce ree rib sia sup tai tch tee uit "
    ),
    -8: (
        "^ca ^cy ^ea ^es ^ev ^go al$ amo asu ay$ aye but cce cie clo cov cto ctr dia dic dif din eat ecu "
        "erc ery exp fec fou hip ia$ ibl id$ lai lea med nco now nsu oad occ old ong ood ory out rai rea "
        "rep rou rs$ rsh sci sh$ sts sus ts$ tua ugh ul$ urn ve$ ves vid ws$ "
    ),
    -7: (
        "^as ^ct ^pu ^sh ^su ^th ^us aim ase ast ave bro can cas col cou dep div eak es$ ext ged hor how "
        "imp ipl ivi lar lat lec les mpo ns$ ny$ oci oin ons ork oth pac pli ppo pre pub res rpo sco sec "
        "shi sid sin tab th$ thr tia ue$ vin vis "
    ),
    -6: (
        "^ad ^lo ^pl ^re ^va add an$ anc arr dit dom ead eal ept equ fie hea iat ima ime ive ks$ lac lia "
        "llo low mbe mpt nes nic nsi nt$ nta ola on$ ont ope ors ovi owe pla ple pos rio roc ses sho tac "
        "tio tit ual ubl ura ure val way "
    ),
    -5: (
        "^de ^di ^fi ^im ^op ^tr ack ad$ ard ari arl arm ate ath ati avi ble car dec ee$ fac ign ion ip$ "
        "kin liv min ms$ nar nds nts ome omi omp or$ ose our pat por pti put que ref ria riv roa ron she "
        "sio tif ula use ven "
    ),
    -4: (
        "^bu ^ch ^el ^fo ^in ^li ^pr ^to ans arc gin ial ide int isi iti lin ls$ nia ore ori own par pri "
        "rd$ rin rri spe st$ tat the tho tiv tor tur ult uti "
    ),
    -3: (
        "^ar ^mo ^pa ^po ^ro ^se ^si ^te ^vi all ant ar$ dis edi ent ies ill in$ ina lit nal nat ng$ nti "
        "ntr per ral rat us$ "
    ),
    -2: ("^la for ine ist le$ pro ran re$ str "),
    1: ("er$ "),
    2: ("^an ^un and cha nte sta "),
    3: ("^ab ^da ach ale bin der et$ ge$ ht$ it$ ler ner nis nst oll rie rn$ tie wer "),
    4: (
        "^vo ^we abe ang ch$ cke den eng ens ere ern gro ied imm lle mit oss rde rgi set stu tis tte uen wal "
    ),
    5: (
        "^be ^sc ber dam det eha end enn erp esc ft$ fte ger hal hie hme hri hun ien kel kle lie ln$ mas "
        "nde obe rbi ren rfo rke rt$ sen sse sun te$ ver wen "
    ),
    6: (
        "^ku aft alt chn dli ebu ell em$ erg eue fen ges gst hts iel itt izi ken leb len lic mie mme nba "
        "ngs pie pra rag rha spi ste uch unk uns upt weg wir "
    ),
    7: (
        "^kr abg aef ael ald amt atz bae bau bue chr dig ede erl ete fue gel gem hlt hlu hnu hr$ htu ie$ "
        "ieh itg itz koh kra ktr kue lek lt$ meh mmt moe nae nah nge nz$ nze oeg oen oze pae rbr rer rhe "
        "rku roz sei spu tad tau teh tel tsa tst tzw ueg ufg uft uge ukt umf utz wic wue zel zeu "
    ),
    8: (
        "^ae ^ge ahm ahn akt anz aum aup bah bei bek bew bun ckt dun ebi ech egl egt ei$ eib erb erd erf "
        "erh ert esa eut ewi fae fiz gen gie gke gli gun hau hla hst igk jah kal kla koe kon kre leh lun "
        "mt$ mte ndl neh nie nig nzu oef oel rbe rik rkt rla rst rte rwe sam sbr sie spr tge tik tz$ uet "
        "usg uss zer zur "
    ),
    9: (
        "^au ^oe ^ve ^zw aat adt aec aeg amm aus bez bie chs ehl ehm ehn ekt eln fah ieg inz kam kat kol "
        "kri kt$ loe mae mpf ntw nun nzi ohl roe rtr rze sae taa ten tof uer ufe ug$ vor zah zt$ zte "
    ),
    10: (
        "^ei aes ben bes che chu chw deu eck ege eid enk enz erw gef geg gru gt$ hae haf hei hli hre hrt "
        "hte ieb ier igt kei kun nkt nsc oes olg rae rei rue tue tun tze tzu uec zug zun zus zwe "
    ),
    11: (
        "^kl ^ue aer aeu ahl aue ehe eil ein erz geh gew gte hle hne hoe ig$ ika isc kte lei lte mei nen "
        "oer rau run sge tig tli tzt wae wie zen "
    ),
    12: (
        "^er ^ka ^ko ^um ^ze ^zu aeh aen aet ahr auf chl cht ebe ehr eic eis eit elt en$ erk eru etz geb "
        "he$ hen ich ige kan kom kti lae llt nnt rsc sch sst tae tei tet tsc ueb ueh ung wei zei zie "
    ),
}
LETTER_GROUPS: dict[str, int] = {
    group: lean for lean, groups in _GROUPS_BY_LEAN.items() for group in groups.split()
}
